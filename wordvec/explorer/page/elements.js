// Making and finding elements. Text always stays text: nothing in the page parses HTML.

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

/** Announces a text to screen readers. */
function announce(text) {
  byId("announcement").textContent = text;
}

let toastTimer = 0;

/** A short message that disappears by itself. */
function toast(text) {
  const note = byId("toast");
  note.textContent = text;
  note.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (note.hidden = true), 2500);
}

/** Copies a text to the clipboard; a page opened from disk may have to use a selection. */
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

/** Runs `task` when there was no call for some milliseconds. */
function afterPause(task, milliseconds) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(task, milliseconds);
  };
}

/** Runs `task` once before the next frame, however often it is requested until then. */
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
