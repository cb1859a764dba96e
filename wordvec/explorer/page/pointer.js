// The pointer over a map: clicks choose words, hovering shows their names.

const STILL = 4; // pixels that the pointer may move in a click

function listenToMap(map, choose) {
  let pressed = null;
  const placeOf = (event) => {
    const { left, top } = map.holder.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  map.holder.addEventListener("pointerdown", (event) => (pressed = event.button === 0 ? placeOf(event) : null), true);
  window.addEventListener("pointerup", (event) => { // plotly covers the window during a drag
    if (!pressed) return;
    const [x, y] = placeOf(event), moved = Math.hypot(x - pressed[0], y - pressed[1]);
    pressed = null;
    if (moved > STILL || map.lasso.active) return;
    const id = map.wordAt(x, y);
    if (id !== null) choose(map.model.words[id]);
  }, true);
  map.holder.addEventListener("pointermove", (event) => showTooltip(map, pressed ? null : map.wordAt(...placeOf(event)), event));
  map.holder.addEventListener("pointerleave", () => showTooltip(map, null));
  map.holder.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    const turned = Math.max(-200, Math.min(200, event.deltaY * lines)); // pixels; a notch of a mouse's wheel is about 100
    map.zoom(Math.exp(-turned * (event.ctrlKey ? 0.01 : 0.003)), placeOf(event)); // with Ctrl: a touchpad's pinch
    map.onview?.();
  }, { passive: false });
  listenToPinch(map);
}

/** Two fingers zoom; the events are kept from plotly, which supports only one finger. */
function listenToPinch(map) {
  let apart = 0;
  const pinch = (event) => {
    if (event.touches.length !== 2) return void (apart = 0);
    event.preventDefault();
    event.stopPropagation();
    const [one, two] = event.touches, { left, top } = map.holder.getBoundingClientRect();
    const now = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
    const middle = [(one.clientX + two.clientX) / 2 - left, (one.clientY + two.clientY) / 2 - top];
    if (apart) map.zoom(now / apart, middle);
    map.onview?.();
    apart = now;
  };
  for (const name of ["touchstart", "touchmove", "touchend"]) {
    map.holder.addEventListener(name, pinch, { capture: true, passive: false });
  }
}

function showTooltip(map, id, event) {
  const tip = byId("tooltip");
  tip.hidden = id === null || event.pointerType === "touch";
  map.holder.classList.toggle("on-word", id !== null);
  if (tip.hidden) return;
  const count = map.model.counts ? element("span", { class: "count" }, `${number(map.model.counts[id])} times`) : "";
  tip.replaceChildren(element("span", { class: "word" }, map.model.words[id]), count);
  const { left, top, width } = byId("maps").getBoundingClientRect(), x = event.clientX - left;
  tip.classList.toggle("leftwards", x > width - 220);
  tip.style.left = `${x}px`;
  tip.style.top = `${event.clientY - top}px`;
}
