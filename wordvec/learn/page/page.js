// The page: what is shown at each stage of a step, and the reader's actions.

const data = JSON.parse(document.getElementById("data").textContent);
const STAGES = 8; // contexts, h, scores, probabilities, dscores, dW_out and dh, dW_in, descend
const state = { language: data.language, stage: 0, rate: data.rate, weights: null, past: [], losses: [] };
let now; // all matrices computed from the current weights
const $ = (id) => document.getElementById(id);
const text = () => data.texts[state.language];
const words = () => data.words[state.language];

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function short(value) {
  const rounded = value.toFixed(3);
  return rounded === "-0.000" ? "0.000" : rounded;
}

function shade(cell, value, largest) {
  const strength = Math.min(1, Math.abs(value) / (largest || 1)) * 0.45;
  cell.style.backgroundColor = value >= 0 ? `rgb(0 114 178 / ${strength})` : `rgb(213 94 0 / ${strength})`;
}

// A matrix as a table; if `edit` is given, the reader can change numbers, and it is called with place and value.
function table(name, rows, rowNames, columnNames, edit) {
  const largest = Math.max(...rows.flat().map(Math.abs));
  const body = rows.map((row, i) => {
    const cells = row.map((value, j) => {
      const cell = element("td");
      if (edit) {
        const label = `${name} ${rowNames[i]} ${columnNames[j]}`;
        const input = element("input", { type: "number", step: "0.1", value: short(value), ariaLabel: label });
        input.addEventListener("change", () => edit(i, j, Number.parseFloat(input.value)));
        cell.append(input);
      } else cell.textContent = short(value);
      shade(cell, value, largest);
      return cell;
    });
    return element("tr", {}, element("th", { scope: "row", textContent: rowNames[i] }), ...cells);
  });
  const heads = columnNames.map((column) => element("th", { scope: "col", textContent: column }));
  const caption = element("caption", { textContent: `${name}  (${rows.length}, ${rows[0].length})` });
  return element("table", {}, caption, element("thead", {}, element("tr", {}, element("td"), ...heads)),
    element("tbody", {}, ...body));
}

function contextTable() {
  const rows = data.contexts.map((ids, b) =>
    element("tr", {}, ...[...ids, data.targets[b]].map((id) => element("td", { textContent: words()[id] }))));
  const heads = [text().left, text().right, text().target].map((head) => element("th", { scope: "col", textContent: head }));
  return element("table", { className: "words" }, element("caption", { textContent: text().examples }),
    element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
}

function changeWeight(which, i, j, value) {
  if (Number.isFinite(value)) {
    remember();
    state.weights[which][i][j] = value;
  }
  refresh();
}

// Id in the page, the first stage at which it is known, and the function that makes it.
function matrices() {
  const V = words(), D = state.weights.W_out.map((_, d) => String(d + 1));
  const examples = data.targets.map((id) => V[id]);
  return [
    ["contexts", 0, contextTable],
    ["W_in", 0, () => table("W_in", state.weights.W_in, V, D, (i, j, value) => changeWeight("W_in", i, j, value))],
    ["h", 1, () => table("h", now.h, examples, D)],
    ["W_out", 0, () => table("W_out", state.weights.W_out, D, V, (i, j, value) => changeWeight("W_out", i, j, value))],
    ["scores", 2, () => table("h W_out", now.scores, examples, V)],
    ["probabilities", 3, () => table("softmax", now.probabilities, examples, V)],
    ["dscores", 4, () => table("dL/dscores", now.dscores, examples, V)],
    ["dW_out", 5, () => table("dL/dW_out", now.dW_out, D, V)],
    ["dh", 5, () => table("dL/dh", now.dh, examples, D)],
    ["dW_in", 6, () => table("dL/dW_in", now.dW_in, V, D)],
  ];
}

const SVG = "http://www.w3.org/2000/svg";
function shape(name, attributes, content) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (content) made.textContent = content;
  return made;
}

function drawVectors() {
  const reach = Math.max(1, ...state.weights.W_in.flat().map(Math.abs)) * 1.15;
  const x = (value) => 150 + (140 * value) / reach, y = (value) => 150 - (140 * value) / reach;
  const parts = [shape("line", { x1: 10, x2: 290, y1: 150, y2: 150 }), shape("line", { y1: 10, y2: 290, x1: 150, x2: 150 })];
  state.weights.W_in.forEach(([a, b], id) => {
    parts.push(shape("line", { class: "vector", x1: 150, y1: 150, x2: x(a), y2: y(b) }));
    parts.push(shape("circle", { cx: x(a), cy: y(b), r: 4 }));
    const left = a < 0;
    parts.push(shape("text", { x: x(a) + (left ? -7 : 7), y: y(b) + 4, "text-anchor": left ? "end" : "start" }, words()[id]));
  });
  $("vectors").replaceChildren(...parts);
}

function drawLoss() {
  const curve = [...state.losses, now.loss], most = Math.max(2, ...curve);
  const points = curve.map((loss, k) => `${10 + (280 * k) / Math.max(1, curve.length - 1)},${95 - (85 * loss) / most}`);
  $("curve").replaceChildren(shape("polyline", { points: points.join(" ") }));
  $("loss").textContent = now.loss.toFixed(4);
  $("steps").textContent = String(state.losses.length);
}

const TITLES = { h: "h", scores: "h W_out", probabilities: "softmax", dscores: "dL/dscores", dW_out: "dL/dW_out",
  dh: "dL/dh", dW_in: "dL/dW_in" };

function refresh() {
  const focus = document.activeElement?.ariaLabel;
  now = compute(state.weights, data);
  const shown = matrices().map(([id, stage, make]) => {
    const known = state.stage >= stage;
    const box = element("section", { id, className: known ? "" : "unknown" });
    if (stage === state.stage || (state.stage === STAGES - 1 && id.startsWith("W_"))) box.classList.add("current");
    box.append(known ? make() : element("p", { textContent: TITLES[id] }));
    return box;
  });
  $("matrices").replaceChildren(...shown);
  if (focus) [...document.querySelectorAll("input")].find((input) => input.ariaLabel === focus)?.focus();
  $("said").textContent = `${state.stage + 1}/${STAGES}  ${text().stages[state.stage]}`;
  $("said").lang = state.language;
  drawVectors();
  drawLoss();
}

function remember() {
  state.past.push({ weights: structuredClone(state.weights), losses: [...state.losses] });
  if (state.past.length > 1000) state.past.shift();
}

function descendOnce() {
  state.losses.push(now.loss);
  state.weights = descend(state.weights, now, state.rate);
  now = compute(state.weights, data);
}

function step() {
  if (state.stage < STAGES - 1) state.stage += 1;
  else {
    remember();
    descendOnce();
    state.stage = 0;
  }
  refresh();
}

function back() {
  if (state.stage > 0) state.stage -= 1;
  else if (state.past.length) {
    Object.assign(state, state.past.pop());
    state.stage = STAGES - 1;
  }
  refresh();
}

function run(times) {
  remember();
  for (let k = 0; k < times; k += 1) descendOnce();
  state.stage = 0;
  refresh();
}

function reset() {
  Object.assign(state, { weights: structuredClone(data.weights), stage: 0, past: [], losses: [] });
  refresh();
}

function speak(language) {
  state.language = language;
  document.documentElement.lang = language;
  document.title = text().title;
  for (const part of document.querySelectorAll("[data-text]")) part.textContent = text()[part.dataset.text];
  for (const button of document.querySelectorAll("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  $("sentence").textContent = data.sentences[language];
  refresh();
}

function darken(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  $("dark").setAttribute("aria-pressed", String(dark));
}

const KEYS = { ArrowRight: step, ArrowLeft: back, " ": () => run(1), h: () => run(100), r: reset };
document.addEventListener("keydown", (event) => {
  const typing = event.target.tagName === "INPUT" || (event.key === " " && event.target.tagName === "BUTTON");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
for (const [id, act] of Object.entries({ back, step, once: () => run(1), hundred: () => run(100), reset }))
  $(id).addEventListener("click", act);
$("rate").value = String(state.rate);
$("rate").addEventListener("change", () => {
  const rate = Number.parseFloat($("rate").value);
  if (rate > 0 && rate <= 100) state.rate = rate;
  $("rate").value = String(state.rate);
});
for (const button of document.querySelectorAll("[data-language]"))
  button.addEventListener("click", () => speak(button.dataset.language));
$("dark").addEventListener("click", () => darken(document.documentElement.dataset.theme !== "dark"));
darken(matchMedia("(prefers-color-scheme: dark)").matches);
state.weights = structuredClone(data.weights);
const preferred = navigator.language.slice(0, 2);
speak(data.language || (data.texts[preferred] ? preferred : "en"));
window.learn = { state, step, back, run, reset, speak, matrices: () => now };
