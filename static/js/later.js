// What most visits to the composer never use is fetched when it is used first; `name` is the form's data-name.
(() => {
  // The browser keeps what came; what did not, as without a network, is asked for again at the next use.
  const later = (name, use) => import(document.getElementById("composer").dataset[name]).then(use, () => window.studio.say("offline"));
  window.studio.later = later;

  document.addEventListener("keydown", (event) => {
    const [by, { target }] = [{ ArrowUp: 1, ArrowDown: -1, Escape: 0 }[event.key], event];
    if (target.id !== "prompt" || by === undefined || event.isComposing || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    const isAtEnd = target.selectionStart === target.value.length;
    const isWalking = target.value === target.dataset.earlier;
    const begins = by === 1 && (!target.value || target.value === target.defaultValue);
    if (!(isWalking || begins) || (by && !isAtEnd)) return;
    event.preventDefault();
    later("history", (history) => history.step(target, by));
  });

  document.addEventListener("toggle", ({ target }) => {
    if (target.id === "sending" && target.open) later("sending", (sending) => sending.show());
  }, true);

  // A list that opens below the fold comes into view as it fills; what was pressed in it is gone, so the focus moves on.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target?.id !== "presets-in") return;
    const [pop, name] = [document.querySelector(".presets-pop"), document.getElementById("preset-name")];
    pop.scrollIntoView({ block: "nearest" });
    if (name || document.activeElement === document.body) (name ?? pop.querySelector("a, button"))?.focus();
    name?.select();
  });
})();
