// data-copy="#id" copies that element's text and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const text = source.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard: select the words, so that the person's own copy key works.
    getSelection().selectAllChildren(source);
    if (!document.execCommand("copy")) return;
  }
  window.studio.say("copied", true);
});
