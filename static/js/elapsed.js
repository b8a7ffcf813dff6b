// A provider that reports no progress: seconds and line go on by the clock, and the line stops at 95 %.
const begun = new WeakMap();

const tick = () => document.querySelectorAll("[data-age]").forEach((words) => {
  if (!begun.has(words)) begun.set(words, performance.now() - 1000 * words.dataset.age);
  const [age, high] = [Math.floor((performance.now() - begun.get(words)) / 1000), Number(words.dataset.high)];
  const [so, late, bar] = ["[data-so-far]", "[data-late]", "progress"].map((name) => words.querySelector(name));
  const share = Math.min(95, Math.round((95 * age) / high));
  so.textContent = age < 120 ? so.dataset.soFar.replace("{n}", age) : so.dataset.soFarMin.replace("{n}", Math.floor(age / 60));
  if (age > high) late.textContent = late.dataset.late;
  bar.value = share;
  bar.setAttribute("aria-valuetext", so.textContent);
  document.getElementById(words.dataset.part)?.setAttribute("width", `${share}%`);
});

setInterval(tick, 1000);
