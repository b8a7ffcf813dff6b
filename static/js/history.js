// The arrow keys walk through one's own earlier prompts: up goes back, down forward, Escape brings back what stood there.
let [prompts, at, own] = [null, -1, ""];

const fetched = async (field) => {
  const answer = await fetch(field.form.dataset.prompts, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return (await answer.json()).prompts;
};

const put = (field, text) => {
  field.value = text;
  if (at < 0) delete field.dataset.earlier;
  else field.dataset.earlier = text;
  field.setSelectionRange(text.length, text.length);
  field.scrollTop = field.scrollHeight;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  tell(field);
};

const tell = (field) => {
  const line = field.form.querySelector("[data-step]");
  line.hidden = at < 0;
  line.textContent = at < 0 ? "" : line.dataset.step.replace("{n}", at + 1).replace("{all}", prompts.length);
  if (at >= 0) window.studio.announce(`${line.textContent} ${field.value}`);
};

// `by`: 1 is one earlier, -1 one later, 0 back to one's own words.
export const step = async (field, by) => {
  try {
    prompts ??= await fetched(field);
  } catch {
    return window.studio.say("offline");
  }
  if (field.dataset.earlier !== field.value) {
    if (by !== 1) return;
    own = field.value;
    at = own && prompts[0] === own.trim() ? 0 : -1; // what was just ordered still stands there
  }
  const next = by ? at + by : -1;
  if (next >= prompts.length) return;
  at = Math.max(next, -1);
  put(field, at < 0 ? own : prompts[at]);
};

document.addEventListener("studio:submitted", () => { prompts = null; });
document.addEventListener("input", ({ target }) => {
  if (target.id !== "prompt" || target.value === target.dataset.earlier || !target.dataset.earlier) return;
  at = -1; // changed by hand, so it is one's own now
  delete target.dataset.earlier;
  tell(target);
});
