// While the pane "What will be sent" is open it follows the form.
const pane = () => document.querySelector("#sending[open] .sending-in");
let waiting = 0;

export const show = () => {
  if (pane()) htmx.trigger(pane(), "look");
};

const soon = (milliseconds) => {
  clearTimeout(waiting);
  waiting = setTimeout(show, milliseconds);
};

document.addEventListener("input", ({ target }) => { if (target.form?.id === "composer") soon(300); });
document.addEventListener("change", ({ target }) => { if (target.form?.id === "composer") soon(0); });
document.addEventListener("htmx:afterSettle", ({ detail }) => { if (detail.elt.contains(document.getElementById("composer"))) soon(0); });
