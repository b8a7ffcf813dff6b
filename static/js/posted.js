// What answered a form is no page to come back to: the browser would ask to send the form once more. Its place in
// the history is that of the page that the form stood on, or of the same address without the form.
history.replaceState(history.state, "", document.body.dataset.posted || location.href);
