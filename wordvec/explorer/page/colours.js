// Colours of points. Clusters have the colours of wordvec.plots.palette, which colour-blind readers can distinguish,
// lighter on a dark page. Frequency uses one hue, stronger for more frequent words.

const CLUSTER_COLOURS = {
  light: ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#3B3B3B"],
  dark: ["#4BA3E3", "#F0824A", "#2BBF95", "#E39AC6", "#F3BC4B", "#9AD8FF", "#A84A78", "#E6E6E6"],
};
const FREQUENCY_COLOURS = {
  light: ["#0B3B66", "#1B5A90", "#3377AC", "#5593C2", "#7FAFD4", "#A9C9E2"],
  dark: ["#D8EFFF", "#9CCFF0", "#6CB0DC", "#4A90BF", "#3C7299", "#32556F"],
};
const LIST_COLOURS = { light: ["#B4B8BF", "#6D28D9"], dark: ["#596070", "#B79CFF"] };

/**
 * How a model's points are coloured: {groups: one number per word, colours, names: one per group, for the legend}.
 * Clusters are those of the `first` model, so that a second model shows where their words are in it. `list` is the
 * reader's list; the page was made with `lists`: [{name, words}].
 */
function colouring(model, first, mode, list, lists, theme) {
  if (mode === "frequency") return byFrequency(model, FREQUENCY_COLOURS[theme]);
  const [colourOfOthers, colourOfList] = LIST_COLOURS[theme];
  if (mode === "list") return byLists(model, [{ name: "my list", words: list }], [colourOfOthers, colourOfList]);
  if (mode === "lists") return byLists(model, lists, [colourOfOthers, ...CLUSTER_COLOURS[theme]]);
  return byCluster(model, first, CLUSTER_COLOURS[theme], colourOfOthers);
}

function byCluster(model, first, colours, colourOfOthers) {
  const names = first.groupWords.map((words) => words.join(", "));
  const used = colours.slice(0, names.length);
  if (model === first || model.period) return { groups: model.groups, colours: used, names };
  const groups = Uint8Array.from(model.words, (word) => first.groups[first.idOf.get(word)] ?? names.length);
  return { groups, colours: [...used, colourOfOthers], names: [...names, `not in ${first.name}`] };
}

/** Steps of the logarithm of the count, or of the rank without counts; the first step is the most frequent. */
function byFrequency(model, colours) {
  const size = model.words.length;
  const value = (id) => (model.counts ? Math.log(model.counts[id] + 1) : Math.log(size + 1) - Math.log(id + 1));
  const lowest = value(size - 1), range = value(0) - lowest || 1;
  const groups = Uint8Array.from({ length: size }, (_, id) =>
    Math.min(colours.length - 1, Math.floor((colours.length * (lowest + range - value(id))) / range)));
  return { groups, colours, names: colours.map((_, step) => frequencyName(model, groups, step)) };
}

/** "52 to 310 times", or "words 100 to 900". */
function frequencyName(model, groups, step) {
  const first = groups.indexOf(step), last = groups.lastIndexOf(step);
  if (first < 0) return "";
  if (!model.counts) return `words ${number(first + 1)} to ${number(last + 1)}`;
  const [high, low] = [model.counts[first], model.counts[last]];
  return high === low ? `${number(low)} times` : `${number(low)} to ${number(high)} times`;
}

/** Group 0 has the words of no list. */
function byLists(model, lists, colours) {
  const groups = new Uint8Array(model.words.length);
  lists.forEach(({ words }, i) => idsOf(model, words).forEach((id) => (groups[id] = i + 1)));
  return { groups, colours: colours.slice(0, lists.length + 1), names: ["other words", ...lists.map(({ name }) => name)] };
}

/** Ids of the words that a model's map shows. */
function idsOf(model, words) {
  return words.map((word) => model.idOf.get(word)).filter((id) => id !== undefined);
}
