// What the lightbox shows: one picture of the grid, large, with its line, its stars, and whether it is selected; a stroke leads on.
const dialog = document.getElementById("lightbox");
const part = (name) => dialog.querySelector(`[data-${name}]`);
const pictured = () => [...document.querySelectorAll("[data-tile]:has(.tile-open img)")];
const imageOf = (tile) => tile.querySelector(".tile-open img");
const copyOf = (tile, name) => imageOf(tile).src.replace(/small$/, name);
const starOf = (tile) => tile.querySelector(".tile-star");
const starsOf = (tile) => Number(starOf(tile)?.dataset.stars ?? 0);
let shown = null; // the tile

// Told anew whenever the grid has changed: a page more, other stars.
const mark = () => {
  const [all, at, stars] = [pictured(), pictured().indexOf(shown), starsOf(shown)];
  dialog.querySelectorAll("[data-stars]").forEach((button) => {
    button.setAttribute("aria-pressed", Number(button.dataset.stars) === stars);
    button.querySelector("svg").classList.toggle("icon-on", Number(button.dataset.stars) <= stars);
  });
  dialog.querySelectorAll("[data-step]").forEach((button) => { button.disabled = !all[at + Number(button.dataset.step)]; });
  part("choose").setAttribute("aria-pressed", shown.querySelector("[name=picture]").checked);
  if (all[at + 1]) new Image().src = copyOf(all[at + 1], "large");
  if (at > all.length - 5) document.querySelector(".older a[hx-get]")?.click();
};

const show = (tile) => {
  if (!tile) return;
  shown = tile;
  const [small, picture, whole] = [imageOf(tile), part("large"), new Image()];
  Object.assign(picture, { src: small.src, alt: small.alt, width: small.getAttribute("width"), height: small.getAttribute("height") });
  whole.src = copyOf(tile, "large");
  whole.decode().then(() => { if (shown === tile) picture.src = whole.src; }, () => {}); // else the small copy stays
  [part("words").textContent, part("who").textContent] = [...tile.querySelectorAll(".tile-line span")].map((line) => line.textContent);
  part("level").replaceChildren(tile.querySelector(".level-mark").cloneNode(true));
  part("told").textContent = small.alt;
  part("page").href = tile.querySelector(".tile-open").href;
  part("download").href = copyOf(tile, "original");
  mark();
};

const step = (by) => show(pictured()[pictured().indexOf(shown) + by]);

let start = null;
dialog.addEventListener("touchstart", (event) => { start = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
dialog.addEventListener("touchend", ({ changedTouches: [end] }) => {
  const [dx, dy] = start ? [end.clientX - start.clientX, end.clientY - start.clientY] : [0, 0];
  if (Math.abs(dx) > 50 && Math.abs(dx) > 2 * Math.abs(dy) && visualViewport.scale === 1) step(dx < 0 ? 1 : -1);
});
["htmx:afterSettle", "studio:stars"].forEach((name) => document.addEventListener(name, () => { if (dialog.open) mark(); }));
