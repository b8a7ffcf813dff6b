// A picture dropped on a row of pictures or pasted goes there; one on the words brings its settings back, or says why not.
(() => {
  const form = () => document.querySelector("form.composer");
  const pictures = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  const ours = (data) => data?.getData("text/uri-list").match(/^(https?:\/\/[^/]+)\/jobs\/([0-9a-f-]{36})\//);

  const give = (field, files) => {
    const list = new DataTransfer();
    files.slice(0, field.multiple ? files.length : 1).forEach((file) => list.items.add(file));
    field.files = list.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const over = (event) => {
    const takes = form()?.contains(event.target) && event.dataTransfer?.types.includes("Files");
    form()?.classList.toggle("dropping", Boolean(takes));
    if (takes) event.preventDefault();
    return takes;
  };

  const bring = (event, data) => {
    const row = event.target.closest("fieldset")?.querySelector("input[data-pictures]");
    const [files, link] = [pictures(data), ours(data)];
    if (row && files.length) give(row, files);
    else if (link?.[1] === location.origin) window.studio.later("brought", (brought) => brought.job(link[2]));
    else if (files.length) window.studio.later("brought", (brought) => brought.file(files[0]));
    else return;
    event.preventDefault();
  };

  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => { if (!form()?.contains(event.relatedTarget)) form()?.classList.remove("dropping"); });
  document.addEventListener("drop", (event) => {
    if (!form()?.contains(event.target)) return;
    over(event);
    form().classList.remove("dropping");
    bring(event, event.dataTransfer);
  });
  document.addEventListener("paste", (event) => {
    if (form()?.contains(event.target) && pictures(event.clipboardData).length) bring(event, event.clipboardData);
  });
})();
