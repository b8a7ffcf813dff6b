// Selecting pictures: the count is said, Shift takes all between, Escape lets go. Without this the form works the same.
(() => {
  const form = document.getElementById("selection");
  const bar = form?.querySelector("[data-selection]");
  if (!bar) return;
  const number = bar.querySelector("[data-number]");
  const most = Number(bar.dataset.most);
  const choose = document.querySelector("[data-select]");
  let last = null;

  const boxes = () => [...form.querySelectorAll('input[name="picture"]')];
  const chosen = () => boxes().filter((box) => box.checked);
  const isChoosing = () => form.hasAttribute("data-choosing");

  const look = () => {
    const found = chosen();
    if (found.length > most) {
      found.slice(most).forEach((box) => { box.checked = false; });
      window.studio.announce(bar.dataset.full);
      number.textContent = bar.dataset.full;
      return;
    }
    number.textContent = bar.dataset.many.replace("{n}", found.length.toLocaleString(document.documentElement.lang));
    form.toggleAttribute("data-selecting", found.length > 0 || isChoosing());
    choose?.setAttribute("aria-pressed", isChoosing());
  };

  form.addEventListener("click", (event) => {
    const box = event.target.closest('input[name="picture"]');
    if (!box) return;
    if (event.shiftKey && last) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      if (from >= 0) all.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
    }
    last = box;
    look();
  });

  choose?.addEventListener("click", () => {
    if (isChoosing()) form.reset();
    else {
      form.setAttribute("data-choosing", "");
      look();
    }
  });
  form.addEventListener("reset", () => setTimeout(() => {
    last = null;
    form.removeAttribute("data-choosing");
    look();
  }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector(":is(details[data-menu], dialog)[open]") && form.hasAttribute("data-selecting")) form.reset();
  });
  look();
})();
