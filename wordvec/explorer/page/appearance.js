// How the maps look: theme, colours, and how many words are shown.

const SLIDER = 1000; // steps of the frequency slider, along the logarithm of the number of words
const FEWEST = 20; // words at its left end

class Appearance {
  /** `models` are the ones that the maps show, among `all`. */
  constructor(models, maps, state, lists, all) {
    Object.assign(this, { models, maps, state, lists });
    byId("colour").querySelector("[value=lists]").hidden = lists.length === 0;
    this.most = Math.max(...all.map((model) => model.words.length));
  }

  theme() {
    return this.state.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  }

  apply() {
    document.documentElement.dataset.theme = this.theme();
    byId("theme").setAttribute("aria-pressed", String(this.theme() === "dark"));
    this.applyColours();
    this.applyTop();
  }

  applyColours() {
    const { colour, list } = this.state;
    byId("colour").value = colour;
    byId("list-field").hidden = colour !== "list";
    const colourings = this.models.map((model) => colouring(model, this.models[0], colour, list, this.lists, this.theme()));
    const listed = { list, lists: this.lists.flatMap(({ words }) => words) }[colour] ?? [];
    this.maps.forEach((map, i) => map.setColouring(colourings[i], new Set(idsOf(map.model, listed).sort((a, b) => a - b))));
    showLegend(colourings.at(-1));
    showListNote(list, this.models);
  }

  applyTop() {
    const top = this.top(), slider = byId("top");
    slider.value = this.most > FEWEST ? Math.round((SLIDER * Math.log(top / FEWEST)) / Math.log(this.most / FEWEST)) : SLIDER;
    slider.disabled = this.most <= FEWEST;
    byId("top-output").textContent = top === this.most ? `all ${number(top)}` : `${number(top)} of ${number(this.most)}`;
    slider.setAttribute("aria-valuetext", byId("top-output").textContent);
    this.maps.forEach((map) => map.setTop(Math.min(top, map.model.words.length)));
  }

  top() {
    return Math.min(this.state.top ?? this.most, this.most);
  }

  /** Applies the position of the slider. */
  slide() {
    const top = Math.round(FEWEST * (this.most / FEWEST) ** (byId("top").value / SLIDER));
    this.state.top = top >= this.most ? null : top;
    this.applyTop();
  }
}
