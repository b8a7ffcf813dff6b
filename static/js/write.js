// Ways back to the composer: the small bar once it has scrolled away, words that mean more, a chooser to open.
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

  // Words with variables are several orders: the server says how many and for what, also once they are none any more.
  let pause;
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "prompt") return;
    clearTimeout(pause); // a teammate may have made exactly this
    pause = setTimeout(() => target.isConnected && htmx.trigger(target.form.querySelector(".settings"), "studio:words"), 700);
    const [settings, several] = [target.form.querySelector(".settings"), /\{[^]*\|/.test(target.value)];
    if (several || settings.dataset.several) htmx.trigger(settings, "studio:words");
    settings.dataset.several = several ? "1" : "";
  });

  // A blank gets its field when the words are done, and what is filled in may be a choice.
  document.addEventListener("change", ({ target }) => {
    if (target.id === "prompt" && (target.value.includes("{") || document.querySelector("#blanks > *"))) htmx.trigger("#blanks", "look");
    if (target.closest("#blanks")) htmx.trigger("#composer .settings", "studio:words");
  });

  document.addEventListener("toggle", (event) => {
    // Where there is a keyboard, an open chooser takes letters at once.
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
