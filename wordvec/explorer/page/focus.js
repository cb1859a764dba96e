// What a map highlights: {ids, rings, labelled, lines: [{from, to, strength, arrow}]}, all by word id.
// Words that a map does not show are left out.

/** A word with lines to its neighbours, stronger to nearer ones. */
function wordFocus(model, word, neighbours) {
  const centre = model.idOf.get(word);
  const there = neighbours.map(({ word, score }) => ({ id: model.idOf.get(word), score })).filter(({ id }) => id !== undefined);
  const ids = there.map(({ id }) => id);
  if (centre === undefined) return { ids, rings: [], labelled: ids, lines: [] };
  const scores = there.map(({ score }) => score), most = Math.max(...scores), least = Math.min(...scores);
  const lines = there.map(({ id, score }) => ({ from: centre, to: id, strength: (score - least) / (most - least || 1) }));
  return { ids: [centre, ...ids], rings: [centre], labelled: ids, lines };
}

/** Arrows from a to b and from c to the answer. */
function analogyFocus(model, { a, b, c }, neighbours) {
  const ids = [a, b, c, neighbours[0]?.word].map((word) => model.idOf.get(word));
  const pairs = [ids.slice(0, 2), ids.slice(2)].filter((pair) => !pair.includes(undefined));
  const there = ids.filter((id) => id !== undefined);
  return { ids: there, rings: there, labelled: [], lines: pairs.map(([from, to]) => ({ from, to, strength: 1, arrow: true })) };
}

/** Words and their labels, no lines. */
function selectionFocus(model, words) {
  const ids = idsOf(model, words);
  return { ids, rings: [], labelled: ids, lines: [] };
}
