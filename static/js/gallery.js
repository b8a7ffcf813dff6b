// The grid: one tile in the order of the Tab key, a mark that shows it large, and what its keys do (they are named in _lightbox.html).
const tiles = () => [...document.querySelectorAll("[data-tile]")];
const link = (tile) => tile.querySelector(".tile-open");

// Box and star of the current tile are in the order too; without script those of all tiles are.
const settle = (current) => {
  const all = tiles();
  const kept = current ?? all.find((tile) => tile.dataset.current) ?? all[0];
  all.forEach((tile) => {
    if (tile === kept) tile.dataset.current = "1";
    else delete tile.dataset.current;
    tile.querySelectorAll("a, input, button:not(.tile-zoom)").forEach((stop) => { stop.tabIndex = tile === kept ? 0 : -1; });
    if (!tile.querySelector(".tile-zoom") && tile.querySelector("img")) link(tile).after(document.getElementById("zoom-mark").content.cloneNode(true));
  });
};

const middle = (tile) => {
  const box = tile.getBoundingClientRect();
  return { x: box.left + box.width / 2, top: box.top };
};

// The tile of the next row, up or down, that lies nearest to this one's middle.
const beside = (tile, all, way) => {
  const from = middle(tile);
  const others = all.map((other) => [other, middle(other)]).filter(([, at]) => Math.sign(Math.round(at.top - from.top)) === way);
  const row = others.reduce((best, [, at]) => (way > 0 ? Math.min(best, at.top) : Math.max(best, at.top)), way * Infinity);
  const near = others.filter(([, at]) => Math.abs(at.top - row) < 2).sort(([, a], [, b]) => Math.abs(a.x - from.x) - Math.abs(b.x - from.x));
  return near[0]?.[0];
};

const tileOf = ({ target }) => target.closest("[data-tile]");

const move = (event) => {
  const [tile, all] = [tileOf(event), tiles()];
  const isSideways = /Left|Right/.test(event.key);
  if (!tile && !(isSideways && event.target === document.body)) return false;
  const way = /Left|Up/.test(event.key) ? -1 : 1;
  const next = !tile ? all.find((each) => each.dataset.current) : isSideways ? all[all.indexOf(tile) + way] : beside(tile, all, way);
  link(next ?? tile).focus();
  return true;
};

Object.assign(window.studio.acts ??= {}, {
  move,
  choose: (event) => Boolean(tileOf(event)) && !tileOf(event).querySelector("[name=picture]")?.click(),
  stars: (event) => give(tileOf(event)?.querySelector(".tile-star"), Number(event.key)),
});

document.addEventListener("focusin", (event) => { if (tileOf(event)) settle(tileOf(event)); });
document.addEventListener("htmx:afterSettle", () => settle());
if (tiles().length) settle();
