// How things stand, for whoever looks elsewhere: the tab's title, and what may be told aloud (alerts.js, when switched on).
(() => {
  const live = () => document.getElementById("live");
  const title = document.title;
  let isReady = false;

  const name = () => {
    isReady &&= document.hidden;
    const active = live()?.dataset.active;
    const under = active > 0 ? `(${active}) ${title}` : title;
    document.title = isReady ? `${document.getElementById("words").dataset.ready} ${under}` : under;
  };

  // A script that few visits need comes with the element that needs it, in a menu when that is opened.
  const fetchScripts = () => document.querySelectorAll("[data-script]").forEach((element) => {
    if (!element.closest("details:not([open])")) import(element.dataset.script).catch(() => {}); // the next look asks again
  });

  const arrive = () => {
    fetchScripts();
    const news = JSON.parse(live()?.dataset.news || "[]");
    live()?.removeAttribute("data-news");
    isReady ||= document.hidden && news.some((item) => item.is_ready);
    name();
    if (news.length && localStorage.alerts) import(document.querySelector("[data-alerts]").dataset.script).then((alerts) => alerts.tell(news), () => {});
  };

  document.addEventListener("visibilitychange", name);
  document.addEventListener("toggle", fetchScripts, true);
  document.addEventListener("htmx:afterSettle", arrive);
  document.addEventListener("DOMContentLoaded", arrive);
})();
