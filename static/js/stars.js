// Stars of a tile and of a row of five: a press shows at once, the last one counts, and what no answer comes to is taken back.
// htmx alone drops a press while an answer is awaited, and one on the button that the answer takes away.
const wishes = new Map(); // how many, by the id of the tile's star or of the row, while an answer is awaited

// As gallery/star.html draws it, but for the words.
const draw = (box, stars) => {
  const isRow = box.matches(".stars");
  box.dataset.stars = stars;
  box.classList.toggle("on", stars > 0);
  (isRow ? [...box.children] : [box]).forEach((button, at) => {
    button.setAttribute("aria-pressed", isRow ? at + 1 === stars : stars > 0);
    button.querySelector("svg").classList.toggle("icon-on", at < stars);
  });
  const number = box.querySelector(":scope > span[aria-hidden]");
  if (number) number.textContent = stars > 1 ? stars : "";
  document.dispatchEvent(new Event("studio:stars"));
};

// `before`: what the server is known to have. Where it does not answer, a sentence says so (pages.js).
const send = async (id, before) => {
  const [box, stars] = [document.getElementById(id), wishes.get(id)];
  const source = box?.querySelector("button") ?? box;
  if (source) await htmx.ajax("POST", source.getAttribute("hx-post"), { source, target: box, swap: "outerHTML settle:0ms", values: { stars } }).catch(() => {});
  const now = document.getElementById(id);
  const has = now === box ? before : Number(now?.dataset.stars); // an answer brings another element
  if (!now || [stars, has].includes(wishes.get(id))) wishes.delete(id); // to ask for what there is would take it back
  const next = wishes.get(id);
  if (now && (now === box || next !== undefined)) draw(now, next ?? before);
  if (next !== undefined) send(id, has);
};

// The number there is already takes the stars back.
const give = (box, pressed) => {
  if (!box) return false;
  const [before, isAwaited] = [Number(box.dataset.stars), wishes.has(box.id)];
  const stars = pressed === before ? 0 : pressed;
  wishes.set(box.id, stars);
  draw(box, stars);
  if (!isAwaited) send(box.id, before);
  return true;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=stars]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest(".stars");
  give(row ?? button, row ? Number(button.value) : Number(button.dataset.stars) || 1);
}, true);
document.addEventListener("htmx:confirm", (event) => { if (event.target.name === "stars" && event.detail.triggeringEvent) event.preventDefault(); });
