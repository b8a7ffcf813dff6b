// The theme changes at the press and is remembered by the server, without leaving the page.
const theme = (button) => {
  const [form, body] = [button.form, new FormData(button.form)];
  if (button.value) document.documentElement.dataset.theme = button.value;
  else delete document.documentElement.dataset.theme;
  form.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", each === button));
  body.set("theme", button.value);
  fetch(form.action, { method: "POST", body, redirect: "manual" });
};
