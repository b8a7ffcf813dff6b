// What htmx could not deliver is said once, in words; a way back online takes the sentence away again.
(() => {
  const { say, unsay } = window.studio;

  // Whoever was signed out stays on the page and is told so: what stands in it is not taken away.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const way = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!way?.startsWith(document.getElementById("words").dataset.login)) return;
    event.preventDefault();
    say("signed-out");
    document.querySelector(".toast[data-word=signed-out] a").href = way;
  });

  const missed = ({ detail: { elt } }) => say(elt.matches?.("[data-placing]") ? "not-ordered" : "offline");
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, missed));
  document.addEventListener("htmx:afterOnLoad", ({ detail: { xhr } }) => {
    if (xhr.status < 500) ["offline", "not-ordered"].forEach(unsay);
    if (xhr.status < 300 && !xhr.getResponseHeader("HX-Redirect")) unsay("signed-out");
  });
  window.addEventListener("offline", () => say("offline"));
  window.addEventListener("online", () => unsay("offline"));

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (event.target.hasAttribute("data-poll") && status !== 403) { // the next look may succeed
      if (status > 501) say("offline"); // the studio is not behind its proxy
      return;
    }
    say(status === 429 ? "slow-down" : status >= 500 ? "broken" : "refused");
  });

  // Whoever pressed Older goes on with the first of what came in its place.
  let place = -1;
  const stops = () => [...document.querySelectorAll("main :is(a[href], button)")];
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    place = target.matches(".older") ? stops().findIndex((stop) => stop === document.activeElement && target.contains(stop)) : -1;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (place >= 0 && document.activeElement === document.body) stops()[place]?.focus();
    place = -1;
  });
})();
