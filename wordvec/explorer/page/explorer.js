// The page: its state, the questions it answers, and its link.

const NEIGHBOURS = 10;
const ANSWERS = 5; // to an analogy
const NARROW = 760; // pixels: narrower windows have no room for cards over the map; see page.css
const VIEW_CARD = 272; // pixels of the first map that the card with the slider and the legend covers

class Explorer {
  constructor(data) {
    this.served = data.served;
    this.all = data.models.map((model, i) => new Model(model, i));
    this.models = data.periods ? [this.all[0]] : [...this.all]; // the visible ones
    if (data.periods) for (const model of this.all) model.period = model.name;
    this.queries = data.served ? new ServerQueries() : new LocalQueries();
    this.lists = data.lists;
    const colour = data.lists.length ? "lists" : data.list.length ? "list" : FIRST_STATE.colour;
    this.state = { ...FIRST_STATE, list: data.list, colour };
    this.firstState = { ...this.state };
    this.asked = 0; // answers that arrive after another question are dropped
    this.timings = {};
    this.saveSoon = afterPause(() => this.save(), 150); // browsers limit how often a page changes its address
    this.follow = (word) => this.showWord(word, { reveal: true });
    this.periods = data.periods ? new Periods(this) : null;
  }

  async open() {
    byId("app").hidden = false;
    this.maps = this.models.map((model) => this.makeMap(model));
    this.appearance = new Appearance(this.models, this.maps, this.state, this.lists, this.all);
    showSummary(this.models);
    showAgreement(this.models, this.served);
    showAbout(this.models);
    listen(this);
    if (this.models.length > 1 && innerWidth > NARROW) foldView(); // it would cover too much of a map
    await this.restore();
    byId("loading").remove();
    if (!this.maps[0].webgl) toast(`Without WebGL a map draws ${number(WITHOUT_WEBGL)} words`);
    this.timings.opened = performance.now();
  }

  makeMap(model) {
    byId("map-list").classList.toggle("two", this.models.length > 1);
    const holder = element("section", { class: "map", tabindex: "0", role: "application",
      "aria-label": `Map of ${model.name}: arrows move it, plus and minus zoom` });
    if (this.models.length > 1) holder.append(element("h2", { class: "map-name" }, model.name));
    byId("map-list").append(holder);
    const map = new WordMap(holder, model, model.index === 0 ? VIEW_CARD : 0, model.period ? this.all : [model]);
    map.onview = () => this.saveSoon();
    map.lasso = new Lasso(map, (words) => this.select(words));
    return map;
  }

  /** Asks every model; an error becomes part of the answer. null if another question was asked meanwhile. */
  async ask(question) {
    const asked = ++this.asked;
    const answers = await Promise.all(this.models.map(async (model) => {
      try {
        return { model, neighbours: await question(model) };
      } catch (error) {
        if (error instanceof QueryError) return { model, error };
        throw error;
      }
    }));
    return asked === this.asked ? answers : null;
  }

  /** Shows a word and its neighbours in every model; with `reveal`, moves the maps to it. */
  async showWord(word, { reveal = false, keep = true } = {}) {
    const started = performance.now();
    const answers = await this.ask((model) => this.queries.similar(model, word, NEIGHBOURS));
    if (!answers) return;
    this.forget();
    this.state.word = word;
    showWordCard(word, this.models, answers, this.follow);
    this.bringOut(answers, (model, neighbours) => wordFocus(model, word, neighbours));
    this.maps[0].trail = this.periods ? this.periods.trailOf(word) : [];
    if (reveal) this.maps.forEach((map) => map.model.idOf.has(word) && map.lookAt(map.model.idOf.get(word), map.focus?.ids ?? []));
    const when = this.periods ? ` in ${this.models[0].name}` : "";
    announce(spoken(answers[0], (neighbours) => `${word}: nearest${when} are ${neighbours.map((each) => each.word).join(", ")}`));
    if (keep) this.save(true);
    this.timings.answer = performance.now() - started;
  }

  /** Answers a is to b as c is to ?, in every model. */
  async showAnalogy(words, { keep = true } = {}) {
    const { a, b, c } = words;
    const answers = await this.ask((model) => this.queries.analogy(model, a, b, c, ANSWERS));
    if (!answers) return;
    this.forget();
    this.state.analogy = words;
    showAnalogyCard(words, answers, this.follow);
    this.bringOut(answers, (model, neighbours) => analogyFocus(model, words, neighbours));
    announce(spoken(answers[0], ([best]) => `${a} is to ${b} as ${c} is to ${best?.word}`));
    if (keep) this.save(true);
  }

  /** Selects words; every map shows the ones it has. */
  select(words) {
    this.forget();
    this.state.selection = { words };
    showSelection(this.state.selection, this.follow);
    this.maps.forEach((map) => map.setFocus(selectionFocus(map.model, words)));
    announce(`${number(words.length)} words selected`);
    byId("selection-card").scrollIntoView({ block: "nearest" });
    this.save();
  }

  bringOut(answers, focusOf) {
    answers.forEach(({ model, neighbours }, i) => this.maps[i].setFocus(neighbours ? focusOf(model, neighbours) : null));
  }

  /** Empties all cards and maps. */
  forget() {
    this.asked++;
    Object.assign(this.state, { word: null, analogy: null, selection: null });
    showInvitation(this.models, this.follow);
    showAnalogyCard(null, [], this.follow);
    showSelection(null, this.follow);
    for (const map of this.maps) {
      map.trail = [];
      map.setFocus(null);
    }
  }

  clear() {
    this.forget();
    this.save();
  }

  colourList(words) {
    Object.assign(this.state, { list: [...new Set(words)], colour: "list" });
    this.appearance.applyColours();
    this.saveSoon();
  }

  /** Writes the state after "#"; the browser's Back undoes a new word or analogy. */
  save(step = false) {
    this.state.views = this.maps.map((map) => map.relativeView());
    const link = linkOf(this.state, this.firstState);
    if (link === location.hash.slice(1)) return;
    const address = link ? `#${link}` : location.pathname + location.search;
    try {
      history[step ? "pushState" : "replaceState"](null, "", address);
    } catch (error) {
      if (error.name !== "SecurityError") throw error; // embedded in another page, as in a notebook, it has no address
    }
  }

  /** Restores the state of the link. */
  async restore() {
    const wanted = stateOf(location.hash, this.firstState);
    this.forget();
    Object.assign(this.state, wanted, { word: null, analogy: null });
    this.periods?.take(wanted.period);
    byId("list").value = this.state.list.join("\n");
    this.appearance.apply();
    this.maps.forEach((map, i) => map.setRelativeView(wanted.views[i]));
    if (wanted.word !== null) await this.showWord(wanted.word, { keep: false });
    else if (wanted.analogy) await this.showAnalogy(wanted.analogy, { keep: false });
  }
}

function spoken(answer, tell) {
  return answer.error ? answer.error.message : tell(answer.neighbours);
}
