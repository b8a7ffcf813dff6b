// A page nobody looks at asks nothing; when it is looked at again it asks at once. (A trigger filter would need eval.)
(() => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.hasAttribute("data-poll")) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.querySelectorAll("[data-poll]").forEach((region) => htmx.trigger(region, "look-now"));
  });
})();
