// How large a page's pictures are shown and which part: one, or several looked at alike; what is swapped in, the same way.
window.studio.zoom = (() => {
  const LARGEST = 8; // picture pixels are never drawn larger than this
  const view = { id: "", scale: 1, x: 0, y: 0 }; // scale: times the size at which all of it fits; x, y: from the middle, in its widths and heights then
  const stages = () => [...document.querySelectorAll("[data-stage]")];
  let touched = null;
  const hand = () => (touched?.isConnected ? touched : stages()[0]); // what is said in pixels is said of this stage
  const pictureOf = (stage) => stage.querySelector("[data-picture]");
  const between = (least, value, most) => Math.min(most, Math.max(least, value));

  // Width and height at which all of it fits; the box around it may be larger (object-fit).
  const fitting = (stage) => {
    const image = pictureOf(stage);
    const [w, h] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
    const times = Math.min(1, image.offsetWidth / w, image.offsetHeight / h, image.naturalWidth / w || 1);
    return { w: w * times || 1, h: h * times || 1, times: times || 1 };
  };
  const whole = () => 1 / fitting(stages()[0]).times; // the scale of 100 %, of the first

  const apply = () => {
    const all = stages();
    if (!all.length) return;
    const id = all.map((stage) => pictureOf(stage).id).join();
    if (view.id !== id) Object.assign(view, { id, scale: 1, x: 0, y: 0 });
    view.scale = between(1, view.scale, Math.max(1, whole() * LARGEST));
    const fits = all.map(fitting);
    const room = (inner, outer) => Math.max(0, (inner * view.scale - outer) / 2 / inner);
    const rooms = all.map((stage, n) => ({ x: room(fits[n].w, stage.clientWidth), y: room(fits[n].h, stage.clientHeight) }));
    ["x", "y"].forEach((way) => { const most = Math.max(...rooms.map((one) => one[way])); view[way] = between(-most, view[way], most); });
    all.forEach((stage, n) => {
      Object.assign(stage, { tabIndex: 0, role: "group", ariaLabel: stage.dataset.label });
      const [x, y] = [["x", "w"], ["y", "h"]].map(([way, size]) => between(-rooms[n][way], view[way], rooms[n][way]) * fits[n][size]);
      // Not on the picture itself: what htmx swaps by id it gives the old style attribute, which the policy forbids.
      pictureOf(stage).parentElement.style.transform = view.scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${view.scale})`;
      stage.classList.toggle("zoomed", rooms.some((one) => one.x + one.y > 0));
      stage.classList.toggle("pixels", view.scale >= 3 * whole());
    });
    const buttons = Object.assign(document.querySelector("[data-zooms]"), { hidden: false });
    buttons.querySelector("[data-percent]").textContent = `${Math.round((100 * view.scale) / whole())} %`;
    buttons.querySelectorAll("[data-zoom]").forEach((button) => button.setAttribute("aria-pressed", Math.abs(view.scale / scaleOf(button.dataset.zoom) - 1) < 0.005));
  };

  const scaleOf = (name) => (name === "fit" ? 1 : whole() * name);
  // To a scale, with the point (x, y) of the stage, measured from its middle, staying where it is.
  const to = (scale, x = 0, y = 0) => {
    const [{ w, h }, times] = [fitting(hand()), between(1, scale, Math.max(1, whole() * LARGEST)) / view.scale];
    Object.assign(view, { scale: view.scale * times, x: (x - (x - view.x * w) * times) / w, y: (y - (y - view.y * h) * times) / h });
    apply();
  };
  const [by, named] = [(times, x, y) => to(view.scale * times, x, y), (name, x, y) => to(scaleOf(name), x, y)];
  const pan = (dx, dy) => { const { w, h } = fitting(hand()); view.x += dx / w; view.y += dy / h; apply(); };
  const isIn = () => Boolean(stages()[0]?.classList.contains("zoomed"));

  ["pointerdown", "wheel", "dblclick"].forEach((name) => document.addEventListener(name, (event) => { touched = event.target.closest?.("[data-stage]") ?? touched; }, { capture: true, passive: true }));
  document.addEventListener("click", (event) => { const button = event.target.closest("[data-zoom]"); if (button) named(button.dataset.zoom); });
  ["DOMContentLoaded", "htmx:afterSettle", "fullscreenchange"].forEach((name) => document.addEventListener(name, apply));
  document.addEventListener("load", (event) => { if (event.target.matches?.("[data-picture]")) apply(); }, true);
  addEventListener("resize", apply);
  return { by, isIn, named, pan, view, whole };
})();
