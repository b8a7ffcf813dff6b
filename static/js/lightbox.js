// The lightbox opens and closes, by key, press and the way back.
let isLeaving = false; // the page itself goes back, which the browser does a little later

// One entry of the history while it is open, also where it was closed and opened again before the browser said so.
const enter = () => { if (!isLeaving && !history.state?.lightbox) history.pushState({ lightbox: true }, ""); };

const enlarge = (tile) => {
  show(tile);
  dialog.showModal();
  dialog.focus();
  enter();
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
  if (dialog.open) return; // again, before this was told
  if (history.state?.lightbox && !isLeaving) {
    isLeaving = true;
    history.back();
  }
  shown.querySelector(".tile-open").focus();
});
addEventListener("popstate", () => {
  if (!isLeaving) return dialog.close();
  isLeaving = false;
  if (dialog.open) enter();
});

const isFree = ({ target }) => !target.closest("#lightbox :is(a, button)"); // those take Enter and Space themselves
Object.assign(window.studio.acts ??= {}, {
  large: ({ target }) => Boolean(target.matches(".tile-open") && target.querySelector("img")) && enlarge(target.closest("[data-tile]")),
  shut: (event) => isFree(event) && !dialog.close(),
  page: (event) => isFree(event) && leave(),
  star: ({ key }) => give(starOf(shown), key === "0" || starsOf(shown) ? 0 : 1),
});

document.addEventListener("click", (event) => {
  const [zoom, pressed] = [event.target.closest(".tile-zoom"), event.target.closest("#lightbox :is(a, button)")];
  if (zoom) enlarge(zoom.closest("[data-tile]"));
  if (event.target.matches("#lightbox, .lightbox-in")) dialog.close();
  const { step: by, stars, choose: isChoice, page } = pressed?.dataset ?? {};
  if (by) step(Number(by));
  if (stars) give(starOf(shown), Number(stars));
  if (isChoice !== undefined) choose();
  if (page === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leave();
});
