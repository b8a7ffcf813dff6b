// A form with data-placing is sent once; while it is under way the button says so (css: .placing) and a second press does nothing.
(() => {
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelector(".placing")?.removeAttribute("aria-disabled");
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-placing]");
    if (!form) return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "1";
    form.querySelector(".placing")?.setAttribute("aria-disabled", "true");
  }, true);

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("[data-placing]");
    if (form) release(form);
  });
  addEventListener("pageshow", () => document.querySelectorAll("[data-placing][data-sent]").forEach(release));
})();
