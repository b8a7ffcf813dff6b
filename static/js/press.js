// What a key does: the elements of the page say it, in data-key; what is no element names one of `window.studio.acts`.
const OFF = "keys-off"; // in localStorage: single characters do nothing (WCAG 2.1.4)
const isOff = () => localStorage.getItem(OFF) === "1";
const keysOf = (element) => element.dataset.key.split(",");
const isCharacter = (name) => name.split(" ").some((each) => [...each].length === 1);

// Seen, or in a menu that would open; never in what is closed or hidden.
const isThere = (element) => {
  if (element.disabled || element.closest("dialog:not([open])")) return element.hasAttribute("data-everywhere");
  if (element.dataset.act || element.hasAttribute("data-says")) return true;
  return Boolean(element.closest("nav, .float")) || element.checkVisibility({ visibilityProperty: true });
};

const bound = () => [...document.querySelectorAll("[data-key]")].filter(isThere);

const use = (element, event) => {
  if (element.dataset.act) return window.studio.acts?.[element.dataset.act]?.(event) ?? false;
  if (element.hasAttribute("data-says") || event.repeat) return false; // bound by what it speaks of
  if (element.matches("input")) element.select();
  const summary = element.matches("details") && element.querySelector("summary");
  if (element.matches("input, textarea") || element.closest("[data-placing]")) element.focus(); // no key spends by itself
  else (summary || element).click();
  return true;
};

let before = { key: "", at: -Infinity }; // the first of two keys

const nameOf = (event) => {
  const key = event.key === " " ? "Space" : event.key === "=" ? "+" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return `mod+${key}`;
  const both = event.timeStamp - before.at < 1500 ? `${before.key} ${key}` : "";
  before = { key, at: event.timeStamp };
  return bound().some((element) => keysOf(element).includes(both)) ? both : key;
};

window.studio.press = (event) => {
  if (event.type === "click") {
    const finder = event.target.closest("[data-palette]");
    return finder ? palette(finder.querySelector("input")?.value) : theme(event.target);
  }
  const name = nameOf(event);
  if (name === "mod+k") return palette();
  if (name === "Escape") return; // whatever is open closes by itself
  const dialog = document.querySelector("dialog[open]");
  if (isOff() && isCharacter(name) && !name.startsWith("mod+")) return;
  if (!dialog && (name === "?" || name === "n")) return general(name, event);
  const tile = event.target.closest?.("[data-tile]");
  const near = bound().filter((element) => keysOf(element).includes(name) && (!dialog || dialog.contains(element)));
  const mine = near.filter((element) => tile?.contains(element));
  const free = near.filter((element) => !element.closest("[data-tile]"));
  if ([...mine, ...free].some((element) => use(element, event))) event.preventDefault();
};
