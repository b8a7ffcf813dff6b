// A form with data-passkey="create" or "get" asks the browser for a passkey and sends along what it says.
// The question is in the element that data-question names, or at the form's own address.
(() => {
  const kind = window.PublicKeyCredential;
  if (!kind?.parseRequestOptionsFromJSON) return; // the page says what else can be done

  async function question(form) {
    if (form.dataset.question) return JSON.parse(document.querySelector(form.dataset.question).textContent);
    const response = await fetch(form.action, { headers: { Accept: "application/json" } });
    return response.json();
  }

  async function answer(form) {
    const asked = await question(form);
    if (form.dataset.passkey === "create") {
      const publicKey = kind.parseCreationOptionsFromJSON(asked.creation_options.publicKey);
      return navigator.credentials.create({ publicKey });
    }
    const publicKey = kind.parseRequestOptionsFromJSON(asked.request_options.publicKey);
    return navigator.credentials.get({ publicKey });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const [missing, failed] = ["missing", "failed"].map((name) => document.querySelector(`[data-passkey-${name}]`));
    form.hidden = false;
    if (missing) missing.hidden = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(await answer(form));
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
