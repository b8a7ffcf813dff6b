// A picture brought to the composer: looked up by its hash, which costs no upload, then sent to be read.
const word = () => document.getElementById("words").content.querySelector("[data-word=restored]");

// Resolves when there is an answer or none will come, which is said in words (pages.js).
const post = (address, more) => htmx.ajax("POST", address, { target: "#composer", swap: "outerHTML", ...more }).catch(() => {});

// The form as it stands, for whoever wants it back.
const former = () => {
  const values = { draft: ["1"] };
  new FormData(document.getElementById("composer")).forEach((value, name) => {
    if (typeof value === "string" && !["csrfmiddlewaretoken", "key", "shown"].includes(name)) (values[name] ??= []).push(value);
  });
  return values;
};

const offerBack = (values, from) => {
  const span = word().querySelector("span");
  span.textContent = word().dataset.says.replace("{name}", from);
  window.studio.unsay("restored");
  window.studio.say("restored");
  document.querySelector("#toasts [data-undo]").onclick = async () => {
    window.studio.unsay("restored");
    const form = document.getElementById("composer");
    await post(form.dataset.recompose, { values });
    document.getElementById("prompt").focus();
  };
};

document.addEventListener("studio:submitted", () => window.studio.unsay("restored"));

const sha256 = async (file) => {
  if (!window.crypto?.subtle) return ""; // not a secure page: the server hashes it
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// Resolves to whether the server knew it.
const ask = async (values, from) => {
  let [known, isRestored, before] = [true, false, former()];
  const unknown = () => { known = false; };
  const restored = () => { isRestored = true; };
  document.addEventListener("studio:unknown", unknown, { once: true });
  document.addEventListener("studio:restored", restored, { once: true });
  const form = document.getElementById("composer");
  await post(form.dataset.where, { source: "#brought", values });
  document.removeEventListener("studio:unknown", unknown);
  document.removeEventListener("studio:restored", restored);
  if (isRestored) offerBack(before, from || document.getElementById("prompt").value.slice(0, 40));
  return known;
};

export const file = async (picture) => {
  const hash = await sha256(picture);
  if (hash && await ask({ sha256: hash }, picture.name)) return;
  await ask({ picture }, picture.name);
};

export const job = (id) => ask({ job: id });
