// The page of one job: keys, full screen, what an address opens, and where the focus goes when its place is swapped away.
(() => {
  const { zoom } = window.studio;
  const STEP = 80; // px an arrow moves the picture
  const ARROWS = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
  const STEPS = { ArrowLeft: "before", ArrowRight: "after" };

  // Keys are the picture's while it, its tools or nothing at all has the focus.
  const isMine = ({ target }) => target === document.body || Boolean(target.closest("#viewer"));
  const arrow = ({ key, repeat }) => {
    if (zoom.isIn()) zoom.pan(...ARROWS[key]);
    else if (STEPS[key] && !repeat) document.getElementById(STEPS[key])?.click();
    else return false;
    return true;
  };
  Object.assign(window.studio.acts, {
    arrow: (event) => isMine(event) && arrow(event),
    zoom: (event) => isMine(event) && Boolean(document.querySelector("[data-stage]")) && !zoom.by(event.key === "-" ? 0.8 : 1.25),
  });

  // Full screen where the browser has it; elsewhere the link leads to the picture.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-whole]");
    const viewer = document.getElementById("viewer");
    if (!link || !viewer.requestFullscreen || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (document.fullscreenElement) document.exitFullscreen();
    else viewer.requestFullscreen();
  });
  const name = () => document.querySelectorAll("[data-whole]").forEach((link) => {
    if (!document.getElementById("viewer").requestFullscreen) return;
    link.title = link.dataset.label;
    link.setAttribute("aria-label", link.dataset.label);
  });

  // #call-v2, #alt: a closed box opens for whoever is sent to it.
  const open = () => {
    const found = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const box = found && (found.closest("details") ?? found.querySelector("details"));
    if (!box) return;
    box.open = true;
    found.scrollIntoView({ block: "nearest" });
  };

  let lost = null; // the region that held the focus when it was swapped
  document.addEventListener("htmx:beforeSwap", () => { lost = document.activeElement?.closest("#viewer, #alt, #aside")?.id; });
  document.addEventListener("htmx:afterSettle", () => {
    name();
    if (lost && document.activeElement === document.body) document.getElementById(lost)?.querySelector("[data-focus], [data-stage], a[href], button")?.focus({ preventScroll: true });
    lost = null;
  });
  document.addEventListener("DOMContentLoaded", () => { name(); open(); });
  addEventListener("hashchange", open);
})();
