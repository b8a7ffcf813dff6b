// Ways back to the composer: the small bar once it has scrolled away, the last words by the up arrow, a chooser to open.
(() => {
  document.addEventListener("DOMContentLoaded", () => {
    const [bar, composer] = [document.getElementById("write-bar"), document.querySelector(".studio-compose")];
    if (!bar || !composer) return;
    new IntersectionObserver(([entry]) => bar.classList.toggle("on", !entry.isIntersecting)).observe(composer);
  });

  // An API call in place of a prompt fills in the form: the server reads it and orders nothing.
  window.studio.isCall = (text) => /^\s*(\$\s+)?curl\s/.test(text);
  document.addEventListener("paste", ({ target }) => {
    if (target.id === "prompt") setTimeout(() => window.studio.isCall(target.value) && target.form.requestSubmit());
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" || event.target.id !== "prompt" || event.target.value) return;
    const last = document.querySelector("#earlier [data-words]");
    if (!last) return;
    event.preventDefault();
    last.click();
  });

  // Where there is a keyboard, an open chooser takes letters at once.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.model[open]") && !matchMedia("(pointer: coarse)").matches) document.getElementById("picker-search").focus();
  }, true);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    const summary = opener && document.querySelector(opener.dataset.open);
    if (!summary) return;
    event.preventDefault();
    event.stopPropagation(); // the menu's own listener would close it again
    summary.parentElement.open = true;
    summary.focus();
  }, true);
})();
