// Toasts and the one polite live region. Sentences stand in templates/_words.html, so that they are translated.
window.studio = (() => {
  const box = () => document.getElementById("toasts");
  const word = (name) => document.getElementById("words").content.querySelector(`[data-word="${name}"]`).cloneNode(true);
  const shown = (name) => box().querySelector(`[data-word="${name}"]`);

  const announce = (text) => {
    const region = document.getElementById("announcer");
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 50); // an emptied region speaks the same words again
  };

  const unsay = (name) => shown(name)?.remove();

  // `brief` is for what has just been done; an error stays until it is closed.
  const say = (name, brief = false) => {
    if (shown(name)) return;
    const toast = word(name);
    if (!brief) toast.append(word("close"));
    box().replaceChildren(toast);
    announce(toast.textContent.trim());
    if (brief) setTimeout(() => toast.remove(), 4000);
  };

  document.addEventListener("click", (event) => event.target.closest('[data-word="close"]')?.parentElement.remove());

  // The server puts what has changed into data-announce of what it swaps in.
  document.addEventListener("htmx:afterSettle", (event) => {
    const elements = [event.detail.elt, ...event.detail.elt.querySelectorAll("[data-announce]")];
    const texts = elements.map((element) => element.dataset?.announce).filter(Boolean);
    if (texts.length) announce(texts.join(" "));
  });

  return { announce, say, unsay };
})();
