// Pictures dropped on the composer or pasted into it go where its file field is; without this, the field is enough.
(() => {
  const form = () => document.querySelector("form.composer");
  const fields = () => [...(form()?.querySelectorAll("input[data-pictures]") ?? [])];
  const pictures = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));

  const give = (field, files) => {
    const list = new DataTransfer();
    files.slice(0, field.multiple ? files.length : 1).forEach((file) => list.items.add(file));
    field.files = list.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const over = (event) => {
    const takes = fields().length && form().contains(event.target) && event.dataTransfer?.types.includes("Files");
    form()?.classList.toggle("dropping", Boolean(takes));
    if (takes) event.preventDefault();
    return takes;
  };

  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => { if (!form()?.contains(event.relatedTarget)) form()?.classList.remove("dropping"); });
  document.addEventListener("drop", (event) => {
    if (!over(event)) return;
    form().classList.remove("dropping");
    const files = pictures(event.dataTransfer);
    const row = event.target.closest("fieldset")?.querySelector("input[data-pictures]");
    if (files.length) give(row ?? fields()[0], files);
  });

  document.addEventListener("paste", (event) => {
    const files = pictures(event.clipboardData);
    if (!files.length || !fields().length || !form().contains(event.target)) return;
    event.preventDefault();
    give(fields()[0], files);
  });
})();
