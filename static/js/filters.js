// A choice in a filter applies at once; the button for it is only needed without script.
document.querySelectorAll("[data-submit-on-change]").forEach((form) => {
  form.querySelector("[data-hide-with-script]")?.setAttribute("hidden", "");
  form.addEventListener("change", () => form.requestSubmit());
});
