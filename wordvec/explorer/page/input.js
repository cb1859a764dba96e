// The reader's input: typing, clicking, keys.

function listen(explorer) {
  const suggest = (text) => suggestions(explorer, text);
  new WordInput(byId("search-input"), suggest, explorer.follow);
  for (const name of "abc") new WordInput(byId(`analogy-${name}`), suggest, () => goOnWithAnalogy(explorer));
  byId("analogy-form").addEventListener("submit", (event) => {
    event.preventDefault();
    goOnWithAnalogy(explorer);
  });
  listenToButtons(explorer);
  listenToView(explorer);
  for (const map of explorer.maps) listenToMap(map, (word) => explorer.showWord(word));
  document.addEventListener("keydown", (event) => press(explorer, event));
  window.addEventListener("popstate", () => explorer.restore());
}

/** Words of every model, each once. */
async function suggestions({ models, queries }, text) {
  const answers = await Promise.all(models.map((model) => queries.search(model, text, SUGGESTIONS)));
  const seen = new Set();
  return answers.flat().filter(({ word }) => !seen.has(word) && seen.add(word)).slice(0, SUGGESTIONS);
}

/** Goes to the first empty field, or asks if all three are filled. */
function goOnWithAnalogy(explorer) {
  const inputs = [..."abc"].map((name) => byId(`analogy-${name}`));
  const [a, b, c] = inputs.map((input) => input.value.trim());
  if (a && b && c) explorer.showAnalogy({ a, b, c });
  else inputs.find((input) => !input.value.trim()).focus();
}

function listenToButtons(explorer) {
  const onClick = {
    "clear-word": () => explorer.clear(),
    "clear-analogy": () => explorer.clear(),
    "clear-selection": () => explorer.clear(),
    "copy-selection": () => copyText(explorer.state.selection.words.join("\n"), "Copied the words, one per line"),
    "colour-selection": () => {
      byId("list").value = explorer.state.selection.words.join("\n");
      explorer.colourList(explorer.state.selection.words);
    },
    "select-view": () => explorer.select(wordsInView(explorer)),
    "copy-link": () => {
      explorer.save();
      copyText(location.href, "Copied a link to this view");
    },
    "show-help": () => byId("help").showModal(),
    "tool-pan": () => setTool(explorer, "pan"),
    "tool-lasso": () => setTool(explorer, "lasso"),
    "zoom-in": () => moveMaps(explorer, (map) => map.zoom(1.5)),
    "zoom-out": () => moveMaps(explorer, (map) => map.zoom(1 / 1.5)),
    "zoom-fit": () => moveMaps(explorer, (map) => map.setView(map.fitted())),
  };
  for (const [id, act] of Object.entries(onClick)) byId(id).addEventListener("click", act);
}

function listenToView(explorer) {
  const { appearance, state } = explorer;
  const retheme = (theme) => {
    state.theme = theme;
    appearance.apply();
    explorer.save();
  };
  byId("theme").addEventListener("click", () => retheme(appearance.theme() === "dark" ? "light" : "dark"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => retheme(state.theme));
  byId("top").addEventListener("input", () => {
    appearance.slide();
    explorer.saveSoon();
  });
  byId("colour").addEventListener("change", () => {
    state.colour = byId("colour").value;
    appearance.applyColours();
    explorer.save();
  });
  byId("list").addEventListener("input", () => explorer.colourList(byId("list").value.split(/[\s,;]+/u).filter(Boolean)));
  byId("fold-view").addEventListener("click", foldView);
}

/** Folds the card with the slider and the legend, or unfolds it. */
function foldView() {
  byId("view").hidden = !byId("view").hidden;
  byId("fold-view").setAttribute("aria-expanded", String(!byId("view").hidden));
}

/** The words that the maps show at the moment, each once. */
function wordsInView({ maps }) {
  return [...new Set(maps.flatMap((map) => map.wordsWhere((place) => map.isInside(place, 0))))];
}

function setTool(explorer, tool) {
  explorer.tool = tool;
  byId("tool-pan").setAttribute("aria-pressed", String(tool === "pan"));
  byId("tool-lasso").setAttribute("aria-pressed", String(tool === "lasso"));
  for (const map of explorer.maps) map.lasso.setActive(tool === "lasso");
}

function moveMaps(explorer, act) {
  explorer.maps.forEach(act);
  explorer.saveSoon();
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function press(explorer, event) {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || byId("help").open) return;
  const keys = {
    "/": () => {
      byId("search-input").focus();
      byId("search-input").select();
    },
    "?": () => byId("help").showModal(),
    "l": () => setTool(explorer, explorer.tool === "lasso" ? "pan" : "lasso"),
    "+": () => moveMaps(explorer, (map) => map.zoom(1.5)),
    "=": () => moveMaps(explorer, (map) => map.zoom(1.5)),
    "-": () => moveMaps(explorer, (map) => map.zoom(1 / 1.5)),
    "[": explorer.periods && (() => explorer.periods.step(-1)),
    "]": explorer.periods && (() => explorer.periods.step(1)),
    "0": () => moveMaps(explorer, (map) => map.setView(map.fitted())),
  };
  const map = explorer.maps.find(({ holder }) => holder === target);
  const act = key === "Escape" ? () => escape(explorer, target)
    : map && ARROWS[key] ? () => moveMap(explorer, map, ARROWS[key])
    : target.matches(".neighbour") && ARROWS[key] ? () => stepInList(target, key)
    : target.matches("input:not([type=range]), textarea, select") ? null
    : keys[key];
  if (!act) return;
  event.preventDefault();
  act();
}

function moveMap(explorer, map, [right, up]) {
  map.move(right, up);
  explorer.saveSoon();
}

/** Leaves the lasso first, then clears the selection. */
function escape(explorer, target) {
  if (explorer.tool === "lasso") setTool(explorer, "pan");
  else explorer.clear();
  if (target.matches("input, textarea")) target.blur();
}

function stepInList(row, key) {
  const rows = [...row.closest("ol").querySelectorAll("button")], here = rows.indexOf(row);
  const step = key === "ArrowDown" || key === "ArrowRight" ? 1 : -1;
  rows[(here + step + rows.length) % rows.length].focus();
}
