// What is left of the palette by the words that are written, best first; pictures are asked for.
const sorted = (group, words) => {
  const options = [...group.querySelectorAll("[role=option]")].filter((option) => !option.found && !("everything" in option.dataset));
  const scores = new Map(options.filter(isMeant(words, options)).map((option) => [option, words ? fuzzy(words, option.querySelector(".label").textContent, option.dataset.find) : 1]));
  const best = Math.max(0, ...scores.values());
  const rank = (option) => (scores.get(option) > (best > 2 ? 1 : 0) ? scores.get(option) : 0); // letters in order only where nothing else is found
  options.sort((a, b) => Boolean(a.ends) - Boolean(b.ends) || (words && rank(b) - rank(a)) || a.place - b.place);
  options.forEach((option) => group.append(option));
  const shown = options.filter((option) => rank(option) && (words || IDLE.includes(group.dataset.group))).slice(0, words || group.dataset.group === "here" ? 8 : SHOWN);
  options.forEach((option) => { option.hidden = !shown.includes(option); });
  return best;
};

const find = async (words) => {
  asked = words;
  const group = document.querySelector("#palette [data-group=pictures]");
  const address = `${document.getElementById("words").dataset.palette}?q=${encodeURIComponent(words)}`;
  const answer = words && await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (asked !== words) return;
  group.querySelectorAll("[role=option]").forEach((option) => { if (option.found) option.remove(); });
  if (!answer?.ok) return;
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  box.content.querySelectorAll("[role=option]").forEach((option) => { named(option).found = true; });
  group.append(box.content);
};

const look = (dialog, at = 0) => {
  const words = field().value.trim();
  const everything = dialog.querySelector("[data-everything]");
  everything.querySelector(".label").textContent = everything.dataset.everything.replace("{words}", words);
  const address = new URL(everything.href);
  address.searchParams.set("q", words);
  everything.href = address;
  everything.hidden = !words;
  dialog.querySelectorAll("[data-group]").forEach((group) => {
    sorted(group, words);
    group.hidden = !group.querySelector("[role=option]:not([hidden])");
  });
  light(options()[at]);
  clearTimeout(wait);
  wait = setTimeout(find, words ? 150 : 0, words);
};

const palette = async (words = "") => {
  const dialog = await fetched();
  if (!dialog) return;
  document.querySelector("dialog[open]")?.close();
  gather();
  if (words) field().value = words;
  dialog.showModal();
  field().select();
  look(dialog);
};
