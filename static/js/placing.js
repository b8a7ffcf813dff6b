// A form with data-placing is sent once; while it is under way the button says so (css: .placing) and a second press does nothing.
(() => {
  let last = -Infinity; // the second press of a double click may come after the answer to the first

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelector(".placing")?.removeAttribute("aria-disabled");
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-placing]");
    if (!form) return;
    // A button that leads elsewhere and that htmx has not taken up yet goes there by itself, and is no order.
    if (event.submitter?.hasAttribute("formaction")) return event.stopImmediatePropagation();
    if (form.dataset.sent || event.timeStamp - last < 600) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    last = event.timeStamp;
    form.dataset.sent = "1";
    form.querySelector(".placing")?.setAttribute("aria-disabled", "true");
  }, true);

  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.elt.matches?.("[data-placing]")) return; // a price that was asked for inside it, say
    if (!event.detail.successful) last = -Infinity;
    release(event.detail.elt);
  });
  addEventListener("pageshow", () => document.querySelectorAll("[data-placing][data-sent]").forEach(release));
})();
