// Making and finding elements. Text only ever becomes text: nothing here, or anywhere in the page, parses HTML.

function byId(id) {
  return document.getElementById(id);
}

/** A new element; children that are strings become text nodes. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function number(value) {
  return value.toLocaleString("en-US");
}

/** Reads a text aloud, where a screen reader listens. */
function announce(text) {
  byId("announcement").textContent = text;
}

let toastTimer = 0;

/** A short message that goes away by itself. */
function toast(text) {
  const note = byId("toast");
  note.textContent = text;
  note.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (note.hidden = true), 2500);
}

/** Puts a text on the clipboard; a page opened from disk may have to do it by a selection. */
async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", { class: "unseen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (!copied) return toast("The browser does not allow copying here");
  }
  toast(done);
}

/** Runs `task` once things have been quiet for some milliseconds. */
function afterPause(task, milliseconds) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(task, milliseconds);
  };
}

/** Runs `task` once before the next picture is drawn, however often it is asked for until then. */
function oncePerFrame(task) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      task();
    });
  };
}
