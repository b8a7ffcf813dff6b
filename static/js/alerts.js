// Notifications and a small sound, for whoever switched them on in this browser: localStorage.alerts names which.
const row = document.querySelector("[data-alerts]");
const buttons = [...row.querySelectorAll("[data-alert]")];
const isOn = (name) => buttons.some((button) => button.dataset.alert === name && button.getAttribute("aria-pressed") === "true");
let sound; // an AudioContext

// Two short notes, a fourth apart; a page that nobody touched yet may not make any.
const ring = () => {
  if (!navigator.userActivation?.hasBeenActive) return;
  sound ??= new AudioContext();
  [660, 880].forEach((pitch, number) => {
    const [note, loudness, at] = [sound.createOscillator(), sound.createGain(), sound.currentTime + number * 0.14];
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.08, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
    note.connect(loudness).connect(sound.destination);
    note.start(at);
    note.stop(at + 0.5);
  });
};

const notify = ({ tag, title, body, url, icon }) => {
  const notice = new Notification(title, { tag, body, ...(icon && { icon }) });
  notice.onclick = () => {
    window.focus();
    notice.close();
    if (url) location.assign(url);
  };
};

// `news` as studio/jobs/news.py writes it. Who looks at the page sees it there.
export const tell = (news) => {
  if (isOn("sound") && news.some((item) => item.is_ready)) ring();
  if (isOn("notice") && !document.hasFocus() && window.Notification?.permission === "granted") news.forEach(notify);
};

// Permission is asked for at this press and never else; the first notice shows that they come.
const mayNotify = async () => {
  try {
    if (await Notification.requestPermission() !== "granted") return false;
    notify({ tag: "alerts", title: row.dataset.title, body: row.dataset.body });
    return true;
  } catch { return false; } // no such thing in this browser, or not without https
};

const turn = async (button) => {
  const [name, on] = [button.dataset.alert, button.getAttribute("aria-pressed") !== "true"];
  if (on && name === "notice" && !await mayNotify()) return window.studio.say("no-notices");
  button.setAttribute("aria-pressed", String(on));
  if (on && name === "sound") ring();
  localStorage.alerts = buttons.map((each) => each.dataset.alert).filter(isOn).join(" ");
};

buttons.forEach((button) => {
  button.disabled = false; // until here a press would be lost
  button.setAttribute("aria-pressed", String((localStorage.alerts ?? "").includes(button.dataset.alert)));
  button.addEventListener("click", () => turn(button));
});
