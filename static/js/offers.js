// What the page itself offers, as options of the palette.
const CANCELS = "form[action$='/cancel/']";
let number = 0;
const named = (option) => (option.id ? option : Object.assign(option, { id: `palette-${++number}`, place: number }));

const labelOf = (element) => {
  const text = (element.matches("details") ? element.querySelector("summary") : element).cloneNode(true);
  text.querySelectorAll("kbd, .cost, [aria-hidden=true]").forEach((each) => each.remove());
  return (element.ariaLabel || text.textContent.replace(/\s+/g, " ").trim() || element.title || element.labels?.[0]?.textContent || "").trim();
};

const offer = (group, element, label = labelOf(element)) => {
  const option = named(document.createElement(element.href ? "a" : "button"));
  Object.assign(option, { tabIndex: -1, role: "option", own: true, ends: element.closest(CANCELS) ? folded(element.textContent) : "" });
  option.append(Object.assign(document.createElement("span"), { className: "label cut", textContent: label }));
  const keys = element.dataset.key;
  if (keys && !keys.includes(",")) option.append(Object.assign(document.createElement("kbd"), { textContent: capOf(keys) }));
  if (element.href) option.href = element.href;
  // A link that does more than lead somewhere is pressed where it stands.
  if (!element.href || element.matches("[download], [data-words], [data-whole], [hx-get]")) option.does = () => { if (!focusOf(element)) element.click(); };
  document.querySelector(`#palette [data-group=${group}]`).append(option);
};

const focusOf = (element) => {
  if (!element.matches("input, textarea")) return false;
  element.focus();
  return true;
};

const gather = () => {
  every().forEach((option) => { if (option.own) option.remove(); });
  every().forEach(named);
  const isAct = (element) => element.dataset.act || element.hasAttribute("data-says") || element.closest("[data-tile], .stars");
  const here = `main :is([data-key], [data-action], [data-copy], ${CANCELS} button)`;
  [...document.querySelectorAll(here)].filter((element) => !isAct(element) && isThere(element)).forEach((element) => offer("here", element));
  document.querySelectorAll(".nav a, .account-menu a, .menu-foot button").forEach((element) => offer("go", element));
  document.querySelectorAll(".account-menu .menu-row button").forEach((element) => {
    const row = element.closest(".menu-row").querySelector(".small, .sr").textContent;
    if (element.ariaPressed !== "true") offer("looks", element, `${row}: ${element.textContent}`);
  });
};
