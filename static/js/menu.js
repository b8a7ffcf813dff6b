// Menus are details elements and confirmations are dialogs; this only opens and closes them as people expect.
(() => {
  const open = () => document.querySelectorAll("details[data-menu][open]");

  document.addEventListener("click", (event) => {
    open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialog).showModal();
    }
    const left = event.target.closest("[data-close-menu]")?.closest("details");
    left?.removeAttribute("open");
    if (left?.contains(document.activeElement)) left.querySelector("summary").focus();
    event.target.closest("[data-close]")?.closest("dialog")?.close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      open().forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const menu = step && event.target.closest("details[data-menu][open]");
    if (!menu) return;
    const stops = [...menu.querySelectorAll("a[href], button, input")].filter((stop) => stop.offsetParent);
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
})();
