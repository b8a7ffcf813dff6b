// Pages that ask by themselves: less often while nobody looks or nothing answers, and at once when that is over.
// (A trigger filter would need eval.)
(() => {
  const HIDDEN = 10_000, FIRST = 2_000, MOST = 30_000, PATIENCE = 20_000;
  const polls = (element) => element.hasAttribute?.("data-poll");
  let [next, wait] = [0, 0];

  const lookNow = () => {
    [next, wait] = [0, 0];
    document.querySelectorAll("[data-poll]").forEach((region) => htmx.trigger(region, "look-now"));
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    if (!polls(elt)) return;
    if (!requestConfig.triggeringEvent && Date.now() < next) return event.preventDefault();
    xhr.timeout = PATIENCE;
    next = document.hidden ? Date.now() + HIDDEN : 0;
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!polls(detail.elt)) return;
    const answered = detail.xhr.status >= 200 && detail.xhr.status < 400 && !detail.xhr.getResponseHeader("HX-Redirect");
    wait = answered ? 0 : Math.min(MOST, wait * 2 || FIRST);
    next = Math.max(next, wait && Date.now() + wait);
  });

  document.addEventListener("visibilitychange", () => { if (!document.hidden) lookNow(); });
  addEventListener("online", lookNow);

  // What stands in a place that another answer is about to fill would come back to nowhere.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
    target.querySelectorAll(".htmx-request").forEach((element) => htmx.trigger(element, "htmx:abort"));
  });

  // Breaking off, also by leaving the page, is no error, and no connection is said in words: neither is for the console.
  htmx.logger = (element, name, detail) => { if (detail.xhr?.status === 0) delete detail.error; };

  // A new picture fades in once it is there (css: .arriving).
  ["load", "error"].forEach((name) => document.addEventListener(name, ({ target }) => {
    if (target.matches?.(".frame > img")) target.classList.add("loaded");
  }, true));
})();
