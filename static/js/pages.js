// What htmx could not deliver is said once, in words; a way back online takes the sentence away again.
(() => {
  const { say, unsay } = window.studio;

  document.addEventListener("htmx:sendError", () => say("offline"));
  document.addEventListener("htmx:timeout", () => say("offline"));
  document.addEventListener("htmx:afterOnLoad", () => unsay("offline"));
  window.addEventListener("offline", () => say("offline"));
  window.addEventListener("online", () => unsay("offline"));

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (event.target.hasAttribute("data-poll") && status !== 403) return; // the next look may succeed
    say(status === 429 ? "slow-down" : status >= 500 ? "broken" : "refused");
  });
})();
