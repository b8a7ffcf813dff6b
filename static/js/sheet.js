// All keys of this page, made from what binds them.
const CAPS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "↵", Escape: "Esc", Delete: "Del" };

const capOf = (name) => {
  const { dataset } = document.getElementById("keys-sheet") ?? document.body;
  const mod = document.getElementById("words").dataset.mod;
  const one = (key) => CAPS[key] ?? (key === "Space" ? dataset.space ?? key : key.length === 1 && name.startsWith("mod+") ? key.toUpperCase() : key);
  return name.split(" ").map((key) => (key.startsWith("mod+") ? `${mod} ${one(key.slice(4))}` : one(key))).join(" ");
};

const line = (keys, label) => {
  const [row, caps] = [document.createElement("div"), document.createElement("dt")];
  keys.forEach((name) => name.split(" ").forEach((key) => caps.append(Object.assign(document.createElement("kbd"), { textContent: capOf(name.startsWith("mod+") ? name : key) }))));
  row.append(caps, Object.assign(document.createElement("dd"), { textContent: label }));
  return row;
};

const groups = (dialog) => {
  const found = new Map();
  const tiles = new Set();
  bound().forEach((element) => {
    const tile = element.closest("[data-tile]");
    const isGeneral = element.closest("nav, .account-menu, #palette, #keys-sheet, [data-everywhere]");
    const scope = (tile ? document.querySelector("[data-act=move]") : element).closest("[data-keys-of]");
    const title = scope?.dataset.keysOf ?? (isGeneral ? dialog.dataset.everywhere : dialog.dataset.here);
    const label = labelOf(element);
    const same = `${element.dataset.key} ${tile ? "" : label}`;
    if (!label || tiles.has(same)) return;
    tiles.add(same);
    found.set(title, [...(found.get(title) ?? []), line(keysOf(element), label)]);
  });
  const general = found.get(dialog.dataset.everywhere);
  found.delete(dialog.dataset.everywhere);
  return [...found, [dialog.dataset.everywhere, general]];
};

const sheet = async () => {
  if (!await fetched()) return;
  const dialog = document.getElementById("keys-sheet");
  document.querySelector("dialog[open]")?.close();
  dialog.querySelector(".keys-list").replaceChildren(...groups(dialog).map(([title, lines]) => {
    const [section, list] = [document.createElement("section"), document.createElement("dl")];
    list.append(...lines);
    section.append(Object.assign(document.createElement("h3"), { textContent: title }), list);
    return section;
  }));
  const single = document.getElementById("single-keys");
  single.checked = !isOff();
  single.onchange = () => { if (single.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); };
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  dialog.showModal();
};

// The two that the fetched part binds.
const general = async (name, event) => {
  event.preventDefault();
  if (name === "?") return sheet();
  const palette = await fetched();
  if (palette) location.href = palette.querySelector("[data-key=n]").href;
};
