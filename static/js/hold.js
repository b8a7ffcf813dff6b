// A press on a picture of the grid: while something is selected it selects, and a finger that stays begins to select.
(() => {
  const form = document.getElementById("selection");
  if (!form) return;

  const toggle = (open, shiftKey = false) => {
    const box = open.closest("[data-tile]").querySelector('input[name="picture"]');
    box?.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey }));
  };

  // Android says that a finger stays with `contextmenu`, iOS with nothing: there a clock does.
  const STAYS = 450; // ms
  let stays = null; // the clock of the finger that is down
  let hasStayed = false; // this press has selected: it does not open as well
  const stay = (open) => {
    if (hasStayed) return;
    hasStayed = true;
    clearTimeout(stays);
    toggle(open);
  };
  form.addEventListener("pointerdown", (event) => {
    const open = event.target.closest(".tile-open");
    hasStayed = false;
    clearTimeout(stays);
    if (open && event.pointerType === "touch") stays = setTimeout(stay, STAYS, open);
  });
  ["pointerup", "pointercancel"].forEach((name) => form.addEventListener(name, () => clearTimeout(stays)));
  form.addEventListener("contextmenu", (event) => {
    const open = event.target.closest(".tile-open");
    if (!open || event.pointerType !== "touch") return;
    event.preventDefault();
    stay(open);
  });

  // The link opens again when nothing is selected.
  form.addEventListener("click", (event) => {
    const open = event.target.closest(".tile-open");
    if (!open || event.ctrlKey || event.metaKey || !(hasStayed || form.hasAttribute("data-selecting"))) return;
    event.preventDefault();
    if (!hasStayed) toggle(open, event.shiftKey);
  });
})();
