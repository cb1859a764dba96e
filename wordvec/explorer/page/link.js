// The state of the page as a link: the part after "#" restores it.

const FIRST_STATE = { word: null, analogy: null, selection: null, top: null, colour: "cluster", list: [], theme: null, period: null, views: [] };

/** The part after "#" for a state; empty for the state in which the page opens. */
function linkOf(state, first) {
  const parts = new URLSearchParams();
  if (state.word !== null) parts.set("word", state.word);
  if (state.analogy) for (const [name, word] of Object.entries(state.analogy)) parts.set(name, word);
  if (state.top !== null) parts.set("top", state.top);
  if (state.colour !== first.colour) parts.set("colour", state.colour);
  if (state.list.join("\n") !== first.list.join("\n")) for (const word of state.list.length ? state.list : [""]) parts.append("list", word);
  if (state.theme) parts.set("theme", state.theme);
  if (state.period !== null) parts.set("period", state.period);
  state.views.forEach((view, i) => view && parts.set(`view${i + 1}`, view.map((value) => Number(value.toPrecision(5))).join(",")));
  return parts.toString().replaceAll("%2C", ",");
}

/** The state that a link describes; missing or invalid parts are as in `first`. */
function stateOf(link, first) {
  const parts = new URLSearchParams(link.replace(/^#/, ""));
  const top = Number(parts.get("top")), [a, b, c] = [..."abc"].map((name) => parts.get(name));
  return {
    word: parts.get("word"),
    analogy: a && b && c ? { a, b, c } : null,
    top: Number.isInteger(top) && top > 0 ? top : null,
    colour: ["cluster", "frequency", "list", "lists"].includes(parts.get("colour")) ? parts.get("colour") : first.colour,
    list: parts.has("list") ? parts.getAll("list").filter(Boolean) : first.list,
    theme: ["light", "dark"].includes(parts.get("theme")) ? parts.get("theme") : null,
    period: parts.get("period"),
    views: [1, 2].map((i) => viewOf(parts.get(`view${i}`))),
  };
}

/** [x, y, zoom], or null. */
function viewOf(text) {
  const values = (text || "").split(",").map(Number);
  return values.length === 3 && values.every(Number.isFinite) && values[2] > 0 ? values : null;
}
