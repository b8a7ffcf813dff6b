// A draft per person survives a reload and a sign-out: words, model and settings, never a key. Another person's is removed.
(() => {
  const form = () => document.querySelector("form.composer");
  const key = () => `draft:${form().dataset.person}`;
  const unkept = new Set(["csrfmiddlewaretoken", "key", "shown", "fit"]);
  const fields = () => [...new FormData(form())].filter(([name, value]) => typeof value === "string" && !unkept.has(name));
  const isSecret = (text) => window.studio.isCall(text) || /\b(afk_|sk-|whsec_)\w/.test(text);

  const keep = () => {
    const now = fields();
    if (!now.some(([, value]) => isSecret(value))) localStorage.setItem(key(), JSON.stringify(now));
  };

  const kept = () => {
    try {
      const found = JSON.parse(localStorage.getItem(key()));
      return Array.isArray(found) ? found : [];
    } catch { return []; }
  };

  // The words come back at once; a form of another model, or set otherwise, is drawn by the server.
  const bringBack = () => {
    const [prompt, draft] = [form().querySelector("#prompt"), kept()];
    if (form().dataset.fresh || prompt.value || !draft.length) return;
    prompt.value = new Map(draft).get("prompt") ?? "";
    const settings = (list) => JSON.stringify(list.filter(([name]) => name !== "prompt").sort());
    if (location.search || settings(draft) === settings(fields())) {
      // Count, price and blanks follow these words as if they had been typed, once everything on the page listens.
      setTimeout(() => ["input", "change"].forEach((name) => prompt.dispatchEvent(new Event(name, { bubbles: true }))));
      return;
    }
    const values = { draft: ["1"] };
    draft.forEach(([name, value]) => (values[name] ??= []).push(value));
    htmx.ajax("POST", form().dataset.recompose, { target: "#composer", swap: "outerHTML", values }).catch(() => {}); // said by pages.js
  };

  document.addEventListener("input", ({ target }) => {
    if (!form()?.contains(target)) return;
    if (target.type === "range") target.nextElementSibling.value = target.value;
    const slider = target.previousElementSibling;
    if (slider?.type === "range" && target.value) slider.value = target.value;
    keep();
  });

  document.addEventListener("studio:submitted", () => localStorage.removeItem(key()));
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (form() && detail.elt.contains(form()) && !form().dataset.placed) keep();
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (!form()) return;
    Object.keys(localStorage).forEach((name) => { if (name.startsWith("draft:") && name !== key()) localStorage.removeItem(name); });
    bringBack();
  });
})();
