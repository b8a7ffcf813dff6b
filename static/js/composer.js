// The composer: count, words from elsewhere on the page. It works without any of this.
(() => {
  const form = () => document.querySelector("form.composer");
  const prompt = () => form()?.querySelector("textarea[name=prompt]");

  // Words with variables are as long as the longest of the prompts they make; what is escaped or no choice stays.
  const longest = (text) => {
    const plain = (words) => words.replace(/[{|}]/g, "_");
    let [made, before] = [text.replace(/\\([{|}])/g, "_"), ""];
    document.querySelectorAll("#blanks input").forEach(({ name, value }) => { if (value.trim()) made = made.replaceAll(`{${name.slice(6)}}`, value.trim()); });
    while (made !== before) {
      before = made;
      made = made.replace(/\{([^{}]*)\}/, (all, inner) => (inner.includes("|") ? inner.split("|").map((each) => each.trim()).reduce((a, b) => ([...b].length > [...a].length ? b : a)) : plain(all)));
    }
    return [...made.trim()].length; // trimmed, as it is sent
  };

  const count = () => {
    const counter = form().querySelector("[data-count]");
    const [length, limit] = [longest(prompt().value), Number(counter.dataset.limit)];
    const text = length > limit ? counter.dataset.over : counter.dataset.within;
    const shown = (number) => number.toLocaleString("en");
    counter.textContent = text.replace("{n}", shown(length > limit ? length - limit : length)).replace("{limit}", shown(limit));
    counter.classList.toggle("over", length > limit);
  };

  const arrive = () => {
    if (!form()) return;
    count();
    form().querySelector("[aria-invalid=true]")?.focus();
  };

  const write = (text) => {
    if (text !== undefined) prompt().value = text;
    prompt().dispatchEvent(new Event("input", { bubbles: true }));
    prompt().focus();
    form().scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("input", ({ target }) => {
    if (target !== prompt()) return;
    count();
    target.removeAttribute("aria-invalid"); // what was wrong was said of other words
    target.closest(".wrong")?.classList.remove("wrong");
    document.getElementById("prompt-error")?.remove();
  });

  window.studio.acts = { generate: ({ target }) => form()?.contains(target) && !form().requestSubmit() };

  document.addEventListener("click", (event) => {
    const words = event.target.closest("[data-words]");
    if (!words || !form()) return;
    event.preventDefault();
    write(words.dataset.words || undefined);
  });

  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.elt.contains(form())) arrive(); });
  document.addEventListener("DOMContentLoaded", arrive);
})();
