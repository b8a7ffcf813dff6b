// Wheel, pinch, double click and drag on the picture of a job; a sideways stroke over all of it goes to the next one.
(() => {
  const { zoom } = window.studio;
  const STROKE = 60; // px
  const fingers = new Map(); // pointers that are down, by id
  let start = null;
  const stageOf = (event) => event.target.closest?.("[data-stage]");
  const fromMiddle = (stage, { clientX, clientY }) => {
    const box = stage.getBoundingClientRect();
    return [clientX - box.left - box.width / 2, clientY - box.top - box.height / 2];
  };

  // Over a picture that fits, the wheel belongs to the page; pinching on a trackpad arrives as a wheel with Ctrl.
  document.addEventListener("wheel", (event) => {
    const stage = stageOf(event);
    if (!stage || !(event.ctrlKey || event.metaKey || zoom.isIn() || document.fullscreenElement)) return;
    event.preventDefault();
    const pixels = event.deltaY * [1, 16, 400][event.deltaMode];
    zoom.by(Math.exp(-Math.max(-200, Math.min(200, pixels)) / (event.ctrlKey ? 100 : 400)), ...fromMiddle(stage, event));
  }, { passive: false });

  document.addEventListener("dblclick", (event) => {
    const stage = stageOf(event);
    if (stage) zoom.named(zoom.view.scale !== 1 ? "fit" : zoom.whole() > 1.2 ? 1 : 2, ...fromMiddle(stage, event));
  });

  document.addEventListener("pointerdown", (event) => {
    const stage = stageOf(event);
    if (!stage || event.button) return;
    fingers.set(event.pointerId, event);
    start = fingers.size === 1 ? event : null;
    if (zoom.isIn() || fingers.size > 1) stage.setPointerCapture(event.pointerId);
  });

  document.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const [a, b] = [...fingers.values()];
    fingers.set(event.pointerId, event);
    if (!b) {
      if (zoom.isIn()) zoom.pan(event.clientX - before.clientX, event.clientY - before.clientY);
      return;
    }
    const [c, d] = [...fingers.values()];
    const apart = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    const middle = { clientX: (c.clientX + d.clientX) / 2, clientY: (c.clientY + d.clientY) / 2 };
    zoom.pan(middle.clientX - (a.clientX + b.clientX) / 2, middle.clientY - (a.clientY + b.clientY) / 2);
    zoom.by(apart(c, d) / apart(a, b), ...fromMiddle(stageOf(event), middle));
  });

  const up = (event) => {
    if (!fingers.delete(event.pointerId) || event.type === "pointercancel" || !start || zoom.isIn()) return;
    const [dx, dy] = [event.clientX - start.clientX, event.clientY - start.clientY];
    if (event.pointerType !== "mouse" && Math.abs(dx) > STROKE && Math.abs(dx) > 2 * Math.abs(dy)) document.getElementById(dx < 0 ? "after" : "before")?.click();
  };
  ["pointerup", "pointercancel"].forEach((name) => document.addEventListener(name, up));
})();
