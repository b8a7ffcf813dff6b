// The composer: count, keys, a draft that survives, a second press that does nothing. It works without any of this.
(() => {
  const form = () => document.querySelector("form.composer");
  const prompt = () => form()?.querySelector("textarea[name=prompt]");
  const key = () => `draft:${form().dataset.person}`;

  const count = () => {
    const [words, counter] = [prompt(), form().querySelector("[data-count]")];
    const [length, limit] = [[...words.value].length, Number(counter.dataset.limit)];
    const text = length > limit ? counter.dataset.over : counter.dataset.within;
    const shown = (number) => number.toLocaleString("en");
    counter.textContent = text.replace("{n}", shown(length > limit ? length - limit : length)).replace("{limit}", shown(limit));
    counter.classList.toggle("over", length > limit);
  };

  const arrive = () => {
    if (!form()) return;
    if (!prompt().value && !form().dataset.fresh) prompt().value = localStorage.getItem(key()) ?? "";
    count();
    form().querySelector("[aria-invalid=true]")?.focus();
  };

  const write = (text) => {
    if (text !== undefined) prompt().value = text;
    prompt().dispatchEvent(new Event("input", { bubbles: true }));
    prompt().focus();
    form().scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("input", (event) => {
    if (event.target !== prompt()) return;
    count();
    if (!window.studio.isCall(prompt().value)) localStorage.setItem(key(), prompt().value); // it may hold a key
  });


  document.addEventListener("keydown", (event) => {
    if (!form()) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form().contains(event.target)) form().requestSubmit();
    else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      write();
    }
  });

  document.addEventListener("click", (event) => {
    const words = event.target.closest("[data-words]");
    if (!words || !form()) return;
    event.preventDefault();
    write(words.dataset.words || undefined);
  });

  document.addEventListener("studio:submitted", () => localStorage.removeItem(key()));
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.elt.contains(form())) arrive(); });
  document.addEventListener("DOMContentLoaded", arrive);
})();
