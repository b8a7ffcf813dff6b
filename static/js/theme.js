// The theme changes at the press and is remembered by the server, without leaving the page; where that fails, it changes back.
const wear = (button) => {
  if (button.value) document.documentElement.dataset.theme = button.value;
  else delete document.documentElement.dataset.theme;
  button.form.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", each === button));
};

const theme = async (button) => {
  const [{ form }, body] = [button, new FormData(button.form)];
  const former = form.querySelector("[aria-pressed=true]");
  wear(button);
  body.set("theme", button.value);
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") return window.studio.unsay("offline");
  if (button.ariaPressed === "true") wear(former);
  window.studio.say(answer ? "refused" : "offline");
};
