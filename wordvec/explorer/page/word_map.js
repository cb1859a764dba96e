// One map: plotly draws the points, moves and zooms; the overlay draws labels and lines over them.
// `view` is {x, y, scale}: the point in the middle, and pixels per unit of the map.

const MARGIN = [30, 0.06]; // margin around the whole map: pixels, but at most this share of it
const [NEAREST_SHARE, NEAREST_ROOM] = [0.7, 0.36]; // this share of a word's neighbours is within this share of the map, each way
const CLOSEST = 60; // largest zoom when a word is chosen, relative to the whole map
const WIDE = 800; // pixels from which a map has room for a card over its left edge
const HIT = 11; // pixels from a point within which a click hits it
const [LEAST_ZOOM, MOST_ZOOM] = [0.25, 400]; // relative to the whole map
const WITHOUT_WEBGL = 3000; // points that a browser without WebGL can draw smoothly

class WordMap {
  /** `covered`: pixels at the left that a card covers; `framed`: the models whose words must all be in view. */
  constructor(holder, model, covered, framed = [model]) {
    Object.assign(this, { holder, model, covered, focus: null, trail: [], listed: new Set() });
    this.frame = [breadth(framed.map(({ x }) => x)), breadth(framed.map(({ y }) => y))];
    this.plot = element("div", { class: "plot" });
    const canvas = element("canvas", { class: "overlay", "aria-hidden": "true" });
    holder.append(this.plot, canvas);
    this.overlay = new Overlay(canvas);
    this.webgl = hasWebgl();
    this.top = model.words.length;
    this.redraw = oncePerFrame(() => this.drawNow());
    this.redrawPoints = oncePerFrame(() => this.drawPointsNow());
    this.follow = oncePerFrame(() => this.followNow());
    this.measure();
    this.view = this.fitted();
    new ResizeObserver(() => this.resize()).observe(holder);
  }

  /** Sets the colours and redraws the points. */
  setColouring(colouring, listed) {
    const { groups, colours } = colouring;
    Object.assign(this, { colouring, listed });
    this.smallest = Math.max(0.9, Math.min(3, 0.18 * Math.sqrt((this.width * this.height) / this.model.words.length)));
    this.colours = colours;
    this.groupOf = groups;
    const sizes = new Array(colours.length).fill(0);
    groups.forEach((group) => sizes[group]++);
    this.members = sizes.map((size) => new Int32Array(size));
    const filled = sizes.map(() => 0);
    groups.forEach((group, id) => (this.members[group][filled[group]++] = id));
    this.coordinates = this.members.map((ids) => ({
      x: Float32Array.from(ids, (id) => this.model.x[id]),
      y: Float32Array.from(ids, (id) => this.model.y[id]),
      size: Float32Array.from(ids, (id) => 2 * this.radiusOf(id)),
    }));
    this.redrawPoints();
  }

  /** Shows only the `top` most frequent words. */
  setTop(top) {
    this.top = top;
    this.redrawPoints();
  }

  /** Highlights some words: {ids, rings, labelled, lines: [{from, to, strength, arrow}]}, or null for none. */
  setFocus(focus) {
    this.focus = focus;
    this.redraw();
  }

  // Geometry

  measure() {
    this.width = Math.max(this.holder.clientWidth, 50);
    this.height = Math.max(this.holder.clientHeight, 50);
    this.overlay.resize(this.width, this.height);
  }

  /** The distance in pixels from the middle of the map to the middle of its free part, on the right. */
  aside() {
    return this.width > WIDE ? this.covered / 3 : 0; // the card covers a corner, where there are few words
  }

  /** The view that shows the whole map, beside the card over its left edge. */
  fitted() {
    const [[left, right], [low, high]] = this.frame;
    const room = (pixels) => Math.max(pixels - 2 * Math.min(MARGIN[0], MARGIN[1] * pixels), 20);
    const scale = Math.min(room(this.width - 2 * this.aside()) / (right - left || 1), room(this.height) / (high - low || 1));
    return { x: (left + right) / 2 - this.aside() / scale, y: (low + high) / 2, scale };
  }

  ranges() {
    const { x, y, scale } = this.view;
    const [w, h] = [this.width / 2 / scale, this.height / 2 / scale];
    return { "xaxis.range": [x - w, x + w], "yaxis.range": [y - h, y + h] };
  }

  /** Where a word's point is, in pixels from the upper left corner. */
  place(id) {
    return this.placeOf(this.model.x[id], this.model.y[id]);
  }

  placeOf(left, up) {
    const { x, y, scale } = this.view;
    return [this.width / 2 + (left - x) * scale, this.height / 2 - (up - y) * scale];
  }

  /** Switches to another model on the same plane. */
  setModel(model) {
    this.model = model;
    this.top = Math.min(this.top, model.words.length);
    this.focus = null;
  }

  isInside([x, y], margin) {
    return x >= margin && y >= margin && x <= this.width - margin && y <= this.height - margin;
  }

  /** The words shown whose place on the screen passes a test, more frequent ones first. */
  wordsWhere(test) {
    return this.model.words.slice(0, this.top).filter((_, id) => test(this.place(id)));
  }

  setView(view) {
    const whole = this.fitted().scale;
    this.view = { ...view, scale: Math.min(Math.max(view.scale, LEAST_ZOOM * whole), MOST_ZOOM * whole) };
    this.follow();
  }

  async followNow() {
    if (!this.drawn) return;
    await Plotly.relayout(this.plot, { width: this.width, height: this.height, ...this.ranges() });
    this.drawNow();
  }

  /** The view for a link, [x, y, zoom], where zoom 1 is the whole map; null for the whole map. */
  relativeView() {
    const { x, y, scale } = this.view, whole = this.fitted();
    const near = (p, q) => Math.abs(p - q) <= 1e-4 * Math.abs(1 / whole.scale) * this.width;
    return near(x, whole.x) && near(y, whole.y) && Math.abs(scale / whole.scale - 1) < 1e-4 ? null : [x, y, scale / whole.scale];
  }

  setRelativeView(view) {
    const whole = this.fitted();
    this.setView(view ? { x: view[0], y: view[1], scale: view[2] * whole.scale } : whole);
  }

  /** Zooms about a place, or about the middle of the free part. */
  zoom(factor, [left, top] = [this.width / 2 + this.aside(), this.height / 2]) {
    const { x, y, scale } = this.view;
    const [right, down] = [left - this.width / 2, top - this.height / 2];
    const kept = (1 - 1 / factor) / scale;
    this.setView({ x: x + right * kept, y: y - down * kept, scale: scale * factor });
  }

  move(right, up) {
    const step = (0.2 * Math.min(this.width, this.height)) / this.view.scale;
    this.setView({ ...this.view, x: this.view.x + right * step, y: this.view.y + up * step });
  }

  /**
   * Zooms to a word so that most of the `others` are in view around it: one frame later, so that the answer beside the
   * map does not wait until many points are drawn.
   */
  lookAt(id, others) {
    const { x, y } = this.model;
    const away = others.map((other) =>
      Math.max(Math.abs(x[other] - x[id]) / (this.width - 2 * this.aside()), Math.abs(y[other] - y[id]) / this.height));
    const reach = away.sort((a, b) => a - b)[Math.floor(NEAREST_SHARE * (away.length - 1))] ?? 0;
    const whole = this.fitted().scale;
    const scale = Math.max(whole, Math.min(NEAREST_ROOM / (reach || 1e-9), CLOSEST * whole));
    const view = { x: x[id] - this.aside() / scale, y: y[id], scale };
    requestAnimationFrame(() => this.setView(view));
  }

  /** Keeps the middle of the view, or the whole map if all of it was in view. */
  resize() {
    if (this.holder.clientWidth === this.width && this.holder.clientHeight === this.height) return;
    const view = this.relativeView();
    this.measure();
    this.setRelativeView(view);
    if (this.colouring) this.setColouring(this.colouring, this.listed); // for the size of the points
  }

  // Points

  /** From 0 for the rarest word of the page to 1 for the most frequent, by log rank. */
  weightOf(id) {
    return 1 - Math.log(id + 1) / Math.log(this.model.words.length + 1);
  }

  /** In pixels; points are smaller if there are more of them per area. */
  radiusOf(id) {
    return this.smallest + 3 * this.weightOf(id) ** 1.5 + (this.isListed(id) ? 2 : 0);
  }

  colourOf(id) {
    return this.colours[this.groupOf[id]];
  }

  isListed(id) {
    return this.listed.has(id);
  }

  /** The words shown, in label order: words of the list, then by frequency, function words last. */
  *labelOrder() {
    const { listed, top, model: { passed } } = this;
    for (const id of listed) if (id < top) yield id;
    for (let id = 0; id < top; id++) if (!listed.has(id) && !passed.has(id)) yield id;
    for (const id of passed) if (id < top && !listed.has(id)) yield id;
  }

  /** The word at a place, by its label or its point, or null; highlighted words win over dimmed ones. */
  wordAt(x, y) {
    const labelled = this.overlay.labelAt(x, y);
    if (labelled !== null) return labelled;
    let best = null, least = HIT * HIT;
    const meet = (id) => {
      const [px, py] = this.place(id);
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [best, least] = [id, distance];
    };
    if (this.focus) this.focus.ids.forEach(meet);
    if (best === null) for (let id = 0; id < this.top; id++) meet(id);
    return best;
  }

  traces() {
    const shown = this.webgl ? this.top : Math.min(this.top, WITHOUT_WEBGL);
    return this.coordinates.map(({ x, y, size }, group) => {
      const count = countBelow(this.members[group], shown);
      return {
        type: this.webgl ? "scattergl" : "scatter",
        mode: "markers",
        x: x.subarray(0, count),
        y: y.subarray(0, count),
        marker: { size: size.subarray(0, count), color: this.colours[group], opacity: 0.7, line: { width: 0 } },
        hoverinfo: "skip",
      };
    });
  }

  async drawPointsNow() {
    const axis = { visible: false, fixedrange: false, autorange: false };
    const { "xaxis.range": xRange, "yaxis.range": yRange } = this.ranges();
    const layout = {
      width: this.width,
      height: this.height,
      margin: { l: 0, r: 0, t: 0, b: 0 },
      xaxis: { ...axis, range: xRange },
      yaxis: { ...axis, range: yRange },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
      hovermode: false,
      dragmode: "pan",
    };
    const settings = {
      displayModeBar: false,
      doubleClick: false,
      showTips: false,
      plotGlPixelRatio: Math.max(1, window.devicePixelRatio || 1),
    };
    await Plotly.react(this.plot, this.traces(), layout, settings);
    if (!this.drawn) this.listen();
    this.drawn = true;
    this.drawNow();
  }

  /** Follows plotly when the reader drags. */
  listen() {
    const follow = (change) => {
      const [left, right] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      const [low, high] = [change["yaxis.range[0]"], change["yaxis.range[1]"]];
      if (left === undefined || low === undefined) return;
      this.view = { x: (left + right) / 2, y: (low + high) / 2, scale: this.width / (right - left) };
      this.redraw();
      this.onview?.();
    };
    this.plot.on("plotly_relayouting", follow);
    this.plot.on("plotly_relayout", follow);
  }

  drawNow() {
    if (!this.drawn) return;
    this.overlay.draw(this);
    this.ondrawn?.();
  }
}

/** How many of the ascending `ids` are below `limit`. */
function countBelow(ids, limit) {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function hasWebgl() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
}
