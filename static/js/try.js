// Try it: calls this very server with the key in the field, which is read when it is needed and kept nowhere.
(() => {
  const key = () => document.getElementById("try-key");
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

  const request = (form) => {
    const [query, headers] = [new URLSearchParams(), {}];
    let path = form.dataset.path;
    for (const { name, value, dataset } of form.querySelectorAll("[data-in]")) {
      if (dataset.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(value.trim()));
      else if (value && dataset.in === "header") headers[name] = value;
      else if (value) query.set(name, value);
    }
    const body = form.querySelector("[data-body]")?.value;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return { method: form.dataset.method, address: query.size ? `${path}?${query}` : path, headers, body };
  };

  const command = ({ method, address, headers, body }, needsKey) => [
    `curl ${method === "POST" && body === undefined ? "-X POST " : ""}${quoted(location.origin + address)}`,
    ...(needsKey ? ['-H "X-API-Key: $STUDIO_API_KEY"'] : []),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
  ].join(" \\\n  ");

  const readable = (text) => {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
  };

  const send = async (form) => {
    const [asked, needsKey, began] = [request(form), "needsKey" in form.dataset, performance.now()];
    if (needsKey && !key().value.trim()) return key().focus();
    const headers = needsKey ? { ...asked.headers, "X-API-Key": key().value.trim() } : asked.headers;
    const answer = await fetch(asked.address, { method: asked.method, headers, body: asked.body, credentials: "omit", cache: "no-store" });
    const text = await answer.text();
    const show = (name, words) => { form.querySelector(`[data-${name}]`).textContent = words; };
    show("status", `${answer.status} ${answer.statusText}`);
    show("time", `${Math.round(performance.now() - began)} ms`);
    show("headers", [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n"));
    show("content", readable(text));
    show("command", command(asked, needsKey));
    form.querySelector("[data-answer]").hidden = false;
    const job = text.match(/"jobId": ?"([0-9a-f-]{36})"/);
    if (job) document.querySelectorAll('[data-in="path"][name="id"]').forEach((field) => { field.value = job[1]; });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-try]");
    if (!form) return;
    event.preventDefault();
    send(form).catch(() => window.studio.say("offline"));
  });

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-try-key], [data-try-box]").forEach((each) => { each.hidden = false; }));
})();
