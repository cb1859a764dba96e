// The pointer over a map: clicks choose words, hovering names them.

const STILL = 4; // pixels between pressing and letting go that still make a click

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
