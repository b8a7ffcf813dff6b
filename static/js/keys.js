// Keys, palette and theme are fetched with the first key or press that means them.
(() => {
  const address = document.getElementById("words").dataset.keys;
  const meant = async (event) => {
    const { key, target, type } = event;
    const held = event.ctrlKey || event.metaKey;
    const isFor = type === "click"
      ? target.closest("[data-palette], [data-theme-switch] button")
      : held ? /^k$/i.test(key) || (key === "Enter" && target.closest("#composer") && !target.closest("a")) : !event.altKey && !target.closest("input:not([type=checkbox]), textarea, select");
    if (!address || !isFor || event.defaultPrevented || event.isComposing) return;
    if (held || type === "click" || key === "/") event.preventDefault();
    try {
      if (!window.studio.press) await import(address);
    } catch {
      return window.studio.say("offline");
    }
    window.studio.press(event);
  };
  ["keydown", "click"].forEach((name) => document.addEventListener(name, meant));
})();
