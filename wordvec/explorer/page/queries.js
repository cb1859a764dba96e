// Questions: neighbours, analogies and search. LocalQueries answers in the page; ServerQueries asks the page's server.
// Both return promises of the same answers, and reject with a QueryError that says what to do.

class QueryError extends Error {
  constructor(message, suggestions = []) {
    super(message);
    this.suggestions = suggestions;
  }
}

class LocalQueries {
  /** The k words nearest to a word by cosine: [{word, score}]. */
  async similar(model, word, k) {
    return this.nearest(model, [[word, 1]], k);
  }

  /** "a is to b as c is to ?": the words nearest to b - a + c, a, b and c left out. */
  async analogy(model, a, b, c, k) {
    return this.nearest(model, [[b, 1], [a, -1], [c, 1]], k);
  }

  nearest(model, signedWords, k) {
    const target = new Float64Array(model.dim);
    const given = signedWords.map(([word]) => this.idOf(model, word));
    signedWords.forEach(([, sign], i) => model.addUnitRow(target, given[i], sign));
    const length = Math.hypot(...target);
    if (length < 1e-6 * given.length) throw new QueryError("These words cancel out: their sum is zero and points nowhere.");
    const scores = cosines(model, target.map((value) => value / length));
    return bestIds(scores, given, k).map((id) => ({ word: model.words[id], score: Math.min(1, Math.max(-1, scores[id])) }));
  }

  idOf(model, word) {
    const id = model.idOf.get(word);
    if (id !== undefined) return id;
    throw new QueryError(`“${word}” is not among the ${number(model.words.length)} words of this page.`, nearSpellings(model, word, 3));
  }

  /** Words that begin with the text, then words that contain it, more frequent ones first: [{word, count}]. */
  async search(model, text, limit) {
    const wanted = fold(text.trim());
    if (!wanted) return [];
    const same = [], beginning = [], holding = [];
    model.folded.forEach((word, id) => {
      if (word === wanted) same.push(id);
      else if (word.startsWith(wanted)) beginning.push(id);
      else if (holding.length < limit && word.includes(wanted)) holding.push(id);
    });
    const found = [...same, ...beginning, ...holding].slice(0, limit);
    return found.map((id) => ({ word: model.words[id], count: model.counts ? model.counts[id] : null }));
  }
}

class ServerQueries {
  async similar(model, word, k) {
    return (await this.ask("similar", { model: model.index, word, k })).neighbours;
  }

  async analogy(model, a, b, c, k) {
    return (await this.ask("analogy", { model: model.index, a, b, c, k })).neighbours;
  }

  async search(model, text, limit) {
    if (!text.trim()) return [];
    return (await this.ask("search", { model: model.index, text: text.trim().slice(0, 200), limit })).words;
  }

  async ask(question, parameters) {
    let response;
    try {
      response = await fetch(`/${question}?${new URLSearchParams(parameters)}`);
    } catch {
      throw new QueryError("The server does not answer: is `wordvec explore` still running?");
    }
    const answer = await response.json();
    if (answer.error) throw new QueryError(answer.error, answer.suggestions);
    return answer;
  }
}

/** The cosine of every row with a target of length 1. */
function cosines(model, target) {
  const { rows, dim, lengths } = model;
  const scores = new Float64Array(lengths.length);
  for (let id = 0, at = 0; id < scores.length; id++) {
    let sum = 0;
    for (let j = 0; j < dim; j++) sum += rows[at++] * target[j];
    scores[id] = sum / lengths[id];
  }
  return scores;
}

/** Ids of the k largest scores, best first, ties by lower id; `excluded` ids are left out. */
function bestIds(scores, excluded, k) {
  const best = [];
  for (let id = 0; id < scores.length; id++) {
    if (best.length === k && scores[id] <= scores[best[k - 1]]) continue;
    if (excluded.includes(id)) continue;
    let place = best.length;
    while (place > 0 && scores[best[place - 1]] < scores[id]) place--;
    best.splice(place, 0, id);
    if (best.length > k) best.pop();
  }
  return best;
}

/** Words within two edits of an unknown word, nearest first, then by frequency. */
function nearSpellings(model, word, limit) {
  const wanted = fold(word);
  const found = [];
  model.folded.forEach((candidate, id) => {
    const edits = editDistance(wanted, candidate, 2);
    if (edits <= 2 && edits < wanted.length) found.push([edits, id]);
  });
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return found.slice(0, limit).map(([, id]) => model.words[id]);
}

/** Levenshtein's distance, or `most` + 1 if it is larger than `most`. */
function editDistance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    if (Math.min(...row) > most) return most + 1;
    before = row;
  }
  return before[b.length];
}
