// The keys of a blind duel: arrows for a side, space for a tie; after the vote space or an arrow goes on.
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const button = document.querySelector(`[data-duel] [data-key="${key === " " ? "Space" : CSS.escape(key)}"]`);
  const next = ["ArrowRight", " "].includes(key) && document.getElementById("next");
  if (target.closest("input, textarea, select, summary") || (key === " " && target !== next && target.closest("a, button"))) return;
  if (!button && !next) return;
  event.preventDefault();
  (button ?? next).click();
});
// A second press does nothing: a vote is one vote.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-duel]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("[data-duel]").forEach((form) => { delete form.dataset.sent; }));
