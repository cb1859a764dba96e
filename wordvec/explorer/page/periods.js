// A page of several periods: one map, and a slider that changes the model it shows.

class Periods {
  constructor(explorer) {
    Object.assign(this, { explorer, slider: byId("period") });
    byId("periods").hidden = false;
    this.slider.max = explorer.all.length - 1;
    this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
    byId("period-keys").hidden = false;
  }

  /** Switches to the period of this name, or the first, without drawing. */
  take(name) {
    const { all, models, maps, state } = this.explorer;
    const index = Math.max(0, all.findIndex((model) => model.name === name));
    models[0] = all[index];
    maps[0].setModel(all[index]);
    state.period = index === 0 ? null : all[index].name;
    this.slider.value = index;
    this.slider.setAttribute("aria-valuetext", all[index].name);
    byId("period-name").textContent = all[index].name;
    showSummary(models);
    byId("title").textContent = byId("title").title = `${all[0].name} – ${all.at(-1).name}`;
  }

  /** Shows a period and repeats the current question for it. */
  async show(index) {
    const { explorer } = this, { word, analogy, selection } = explorer.state;
    this.take(explorer.all[Math.max(0, Math.min(index, explorer.all.length - 1))].name);
    explorer.appearance.applyColours();
    explorer.appearance.applyTop();
    if (word !== null) await explorer.showWord(word, { keep: false });
    else if (analogy) await explorer.showAnalogy(analogy, { keep: false });
    else if (selection) explorer.select(selection.words);
    else announce(explorer.models[0].name);
    explorer.saveSoon();
  }

  step(by) {
    this.show(Number(this.slider.value) + by);
  }

  /** Where a word is in each period that has it: [{x, y, name}]. */
  trailOf(word) {
    return this.explorer.all.flatMap(({ idOf, x, y, name }) => (idOf.has(word) ? [{ x: x[idOf.get(word)], y: y[idOf.get(word)], name }] : []));
  }
}
