// The panel beside the map. Each function fills one part of it.

const LISTED_AT_MOST = 400; // words of a selection that the panel lists

/** Lists of neighbours, one per model: `answers` are {model, neighbours} or {model, error}. A click calls `follow(word)`. */
function showNeighbours(holder, answers, follow) {
  const shared = answers.length > 1 ? sharedWords(answers) : new Set();
  const named = answers.length > 1 || Boolean(answers[0]?.model.period);
  holder.classList.toggle("two", answers.length > 1);
  holder.replaceChildren(...answers.map((answer) => neighbourColumn(answer, named, shared, follow)));
}

function neighbourColumn({ model, neighbours, error }, named, shared, follow) {
  const heading = named ? [element("h3", { title: model.name }, model.name)] : [];
  if (error) return element("div", {}, ...heading, problem(error, follow));
  const rows = neighbours.map(({ word, score }) => {
    const row = element("button", { type: "button", class: "neighbour", title: word, onclick: () => follow(word) },
      element("span", { class: "word" }, word), element("span", { class: "score" }, score.toFixed(3)));
    row.style.setProperty("--score", Math.max(0, score));
    row.classList.toggle("shared", shared.has(word));
    return element("li", {}, row);
  });
  return element("div", {}, ...heading, element("ol", { class: "neighbours", "aria-label": `Nearest in ${model.name}` }, ...rows));
}

function sharedWords(answers) {
  const lists = answers.map((answer) => new Set((answer.neighbours || []).map(({ word }) => word)));
  return new Set([...lists[0]].filter((word) => lists[1].has(word)));
}

/** An error, with suggested words to follow. */
function problem(error, follow) {
  const note = element("p", { class: "problem" }, error.message);
  const chips = (error.suggestions || []).map((word) => chip(word, follow));
  if (chips.length) note.append(" Did you mean ", ...chips);
  return note;
}

function chip(word, follow) {
  return element("button", { type: "button", class: "chip", onclick: () => follow(word) }, word);
}

/** A word's count and its rank by frequency; stated once if models agree. */
function factsOf(word, models, answers) {
  const facts = models.map((model, i) => {
    const id = model.idOf.get(word);
    if (id === undefined) return answers[i].error ? "" : "Not on the map, too rare";
    if (!model.counts) return `Number ${number(id + 1)} in the file`;
    return `Seen ${number(model.counts[id])} times, number ${number(id + 1)} by frequency`;
  });
  const different = onceEach(facts).length > 1;
  return onceEach(facts.map((fact, i) => (fact && different ? `${fact} in ${models[i].name}` : fact)).filter(Boolean)).join(". ");
}

/** The card of a word: facts and neighbours, or why there are none. */
function showWordCard(word, models, answers, follow) {
  byId("word-card").hidden = false;
  byId("word-title").textContent = word;
  byId("word-facts").textContent = factsOf(word, models, answers);
  byId("clear-word").hidden = false;
  byId("search-input").value = word;
  showNeighbours(byId("neighbour-lists"), answers, follow);
}

/** The word card without a word: words to start from. */
function showInvitation(models, follow) {
  byId("word-card").hidden = false;
  byId("word-title").textContent = "Neighbours";
  byId("word-facts").textContent = "Click a word on the map, or search for one, to see which words are nearest to it.";
  byId("clear-word").hidden = true;
  byId("search-input").value = "";
  const starts = [...new Set(models[0].groupWords.map((words) => words[0]))];
  const list = byId("neighbour-lists");
  list.classList.remove("two");
  list.replaceChildren(element("p", { class: "words" }, ...starts.map((word) => chip(word, follow))));
}

/** The card of an analogy {a, b, c}; null for none. */
function showAnalogyCard(words, answers, follow) {
  if (words) byId("word-card").hidden = true;
  for (const name of "abc") byId(`analogy-${name}`).value = words ? words[name] : "";
  byId("analogy-note").textContent = words ? "" : "Three words, for example man, king and woman.";
  byId("clear-analogy").hidden = !words;
  showNeighbours(byId("analogy-lists"), answers, follow);
}

/** The words of a selection, with the first ones listed. */
function showSelection(selection, follow) {
  if (selection) byId("word-card").hidden = true;
  const words = selection ? selection.words : [];
  const shown = words.slice(0, LISTED_AT_MOST), more = words.length - shown.length;
  byId("selection-note").textContent = !selection ? "Draw around words with the lasso, or take all in view."
    : `${number(words.length)} ${words.length === 1 ? "word" : "words"}${more ? `, the ${number(shown.length)} most frequent listed` : ""}`;
  byId("selection-words").replaceChildren(...shown.map((word) => chip(word, follow)));
  for (const id of ["copy-selection", "colour-selection"]) byId(id).hidden = words.length === 0;
  byId("clear-selection").hidden = !selection;
}

/** The legend: one line per colour. */
function showLegend({ groups, colours, names }) {
  const used = new Set(groups);
  byId("legend").replaceChildren(...colours.flatMap((colour, group) => {
    if (!used.has(group)) return [];
    const dot = element("span", { class: "dot", "aria-hidden": "true" });
    dot.style.backgroundColor = colour;
    return [element("li", {}, dot, element("span", { class: "word" }, names[group]))];
  }));
}

/** Which words of the list the models have. */
function showListNote(list, models) {
  const missing = list.filter((word) => !models.some((model) => model.idOf.has(word)));
  const notHere = missing.length ? `; not here: ${missing.slice(0, 8).join(", ")}${missing.length > 8 ? " …" : ""}` : "";
  byId("list-note").textContent = list.length === 0 ? "Type or paste words, or lasso some and press “Colour these”."
    : `${number(list.length - missing.length)} of ${number(list.length)} words are here${notHere}`;
}

/** Shows how accurate the page's neighbours are. */
function showAgreement(models, served) {
  const several = models.length > 1;
  const percent = ({ agreement, name }) => `${(100 * agreement.overlap).toFixed(1).replace(".0", "")}%${several ? ` (${name})` : ""}`;
  const partial = models.some(({ words, total }) => words.length < total);
  byId("agreement").textContent = served ? "Exact cosines over all words, answered by wordvec explore."
    : `${models.map(percent).join(" and ")} of the nearest ${models[0].agreement.k} agree with the exact vectors, measured on `
      + `${number(models[0].agreement.words)} words.${partial ? " Only the words of this page are searched." : ""}`;
}

/** The head: names and sizes of the models. */
function showSummary(models) {
  byId("title").textContent = byId("title").title = models.map((model) => model.name).join(" | ");
  byId("summary").textContent = onceEach(models.map((model) => {
    const of = model.words.length < model.total ? ` of ${number(model.total)}` : "";
    return `${number(model.words.length)}${of} words, ${number(model.dim)} dimensions, ${model.method}`;
  })).join(" | ");
}

function onceEach(texts) {
  return [...new Set(texts)];
}

/** The dialog's part about these models. */
function showAbout(models) {
  const spread = models.filter((model) => model.shares).map((model) =>
    `${models.length > 1 ? `${model.name}: ` : ""}${Math.round(100 * (model.shares[0] + model.shares[1]))}%`);
  byId("help-map").textContent = `This map is made by ${models[0].method}${
    spread.length ? `, whose two directions hold ${spread.join(", ")} of the variance: much is hidden, and lines show it.` : "; distances between far groups mean little."}`;
  byId("help-models").replaceChildren(...models.map((model) => element("dl", {},
    element("dt", { class: "wide" }, model.name),
    ...Object.entries(model.about).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]))));
}
