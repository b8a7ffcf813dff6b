// The lightbox opens and closes, by key, press, swipe and the way back.
const enlarge = (tile) => {
  show(tile);
  dialog.showModal();
  dialog.focus();
  history.pushState({ lightbox: true }, "");
  return true;
};

// The page of the picture takes the lightbox's place in the history, so that back leads to the grid.
const leave = () => {
  location.replace(part("page").href);
  return true;
};

const choose = () => {
  shown.querySelector("[name=picture]").click();
  mark();
};

dialog.addEventListener("close", () => {
  if (history.state?.lightbox) history.back();
  shown.querySelector(".tile-open").focus();
});
addEventListener("popstate", () => dialog.close());

const isFree = ({ target }) => !target.closest("#lightbox :is(a, button)"); // those take Enter and Space themselves
Object.assign(window.studio.acts ??= {}, {
  large: ({ target }) => Boolean(target.matches(".tile-open") && target.querySelector("img")) && enlarge(target.closest("[data-tile]")),
  shut: (event) => isFree(event) && !dialog.close(),
  page: (event) => isFree(event) && leave(),
  star: ({ key }) => give(shown, key === "0" || starsOf(shown) ? 0 : 1),
});

document.addEventListener("click", (event) => {
  const [zoom, pressed] = [event.target.closest(".tile-zoom"), event.target.closest("#lightbox :is(a, button)")];
  if (zoom) enlarge(zoom.closest("[data-tile]"));
  if (event.target.matches("#lightbox, .lightbox-in")) dialog.close();
  const { step: by, stars, choose: isChoice, page } = pressed?.dataset ?? {};
  if (by) step(Number(by));
  if (stars) give(shown, Number(stars));
  if (isChoice !== undefined) choose();
  if (page === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leave();
});

let start = null;
dialog.addEventListener("touchstart", (event) => { start = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
dialog.addEventListener("touchend", ({ changedTouches: [end] }) => {
  const [dx, dy] = start ? [end.clientX - start.clientX, end.clientY - start.clientY] : [0, 0];
  if (Math.abs(dx) > 50 && Math.abs(dx) > 2 * Math.abs(dy) && visualViewport.scale === 1) step(dx < 0 ? 1 : -1);
});
document.addEventListener("htmx:afterSettle", () => { if (dialog.open) mark(); });
