// The palette: what the page offers and what the studio has, found by a few letters. It is fetched when it is opened first.
const SHOWN = 6; // of a group, before anything is written
const IDLE = ["here", "go", "presets", "boards"]; // groups that show something then
let fetching;
let [asked, wait] = ["", 0];

const field = () => document.getElementById("palette-words");
const every = () => [...document.querySelectorAll("#palette [role=option]")];
const options = () => every().filter((option) => !option.hidden);

// The dialog; nothing, and a word about it, where it cannot be had now: the next press asks again.
const fetched = () => fetching ??= bring().catch(() => {
  fetching = undefined;
  window.studio.say("offline");
});

const bring = async () => {
  const answer = await fetch(document.getElementById("words").dataset.palette, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.headers.has("HX-Redirect")) throw new Error(answer.status);
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  const [style, dialog] = ["link", "dialog"].map((name) => box.content.querySelector(name));
  const styled = new Promise((done) => ["load", "error"].forEach((name) => style.addEventListener(name, done)));
  document.head.append(style);
  document.body.append(box.content);
  await styled;
  dialog.addEventListener("click", choose);
  dialog.addEventListener("keydown", walk);
  dialog.addEventListener("pointermove", ({ target }) => { if (target.closest("[role=option]")) light(target.closest("[role=option]"), false); });
  field().addEventListener("input", () => look(dialog));
  return dialog;
};

const light = (option, isMoved = true) => {
  every().forEach((each) => { each.ariaSelected = each === option; });
  if (isMoved) option?.scrollIntoView({ block: "nearest" });
  field().setAttribute("aria-activedescendant", option?.id ?? "");
};

const walk = (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const all = options();
  const at = all.findIndex((option) => option.ariaSelected === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) light(all[(at + step + all.length) % all.length]);
  else if (event.key === "Enter" && event.target === field()) all[at]?.click();
  else return;
  event.preventDefault();
};

const choose = (event) => {
  const [dialog, option] = [event.currentTarget, event.target.closest("[role=option]")];
  if (event.target === dialog) dialog.close();
  if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
  dialog.close();
  if (!option.does && option.href) return;
  event.preventDefault();
  if (option.does) option.does();
  else sheet();
};
