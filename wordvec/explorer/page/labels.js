// The overlay on a canvas above the points: labels, and lines and rings for selected words. A canvas draws any text
// as text.

const MOST_LABELS = 220;
const VEIL = { light: 0.72, dark: 0.5 }; // how far other words are dimmed; on dark paper they are faint already
const MOST_TRIED = 5000; // words tried for labels in one frame, so that moving the map stays smooth

class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.widths = new Map(); // of labels, by font and text
    this.boxes = []; // of the labels drawn: {id, left, top, right, bottom}
  }

  resize(width, height) {
    const dots = window.devicePixelRatio || 1;
    Object.assign(this, { width, height });
    this.canvas.width = Math.round(width * dots);
    this.canvas.height = Math.round(height * dots);
    this.context.setTransform(dots, 0, 0, dots, 0, 0);
  }

  /** Draws one frame of the map, a WordMap. */
  draw(map) {
    const style = getComputedStyle(this.canvas); // its colours are in page.css
    Object.assign(this, { ink: style.color, accent: style.caretColor, paper: style.textDecorationColor, font: style.fontFamily });
    this.context.clearRect(0, 0, this.width, this.height);
    this.boxes = [];
    if (map.focus) this.drawFocus(map, map.focus);
    else this.drawLabels(map, map.labelOrder());
  }

  /** Keeps the points in focus and dims the others by a veil in the colour of the paper. */
  drawFocus(map, focus) {
    this.context.globalAlpha = VEIL[document.documentElement.dataset.theme] ?? VEIL.light;
    this.context.fillStyle = this.paper;
    this.context.fillRect(0, 0, this.width, this.height);
    this.context.globalAlpha = 1;
    for (const line of focus.lines) this.drawLine(map.place(line.from), map.place(line.to), line);
    this.drawTrail(map.trail.map(({ x, y, name }) => [map.placeOf(x, y), name]));
    for (const id of focus.ids) this.drawPoint(map.place(id), map.colourOf(id), map.radiusOf(id) + 0.5);
    for (const id of focus.rings) this.drawRing(map.place(id), map.radiusOf(id) + 4);
    for (const id of focus.rings) this.place(map, id, { size: 15, weight: 700, gap: 8, always: true });
    for (const id of focus.labelled.slice(0, MOST_LABELS)) this.place(map, id, { size: 13 });
  }

  drawLine(from, to, { strength, arrow }) {
    const { context } = this;
    context.strokeStyle = context.fillStyle = this.accent;
    context.globalAlpha = 0.25 + 0.6 * strength;
    context.lineWidth = arrow ? 2 : 0.8 + 1.4 * strength;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    if (arrow) this.drawArrowHead(from, to);
    context.globalAlpha = 1;
  }

  /** A word's places in all periods, [place, name] each, joined by a dashed line. */
  drawTrail(stations) {
    if (stations.length < 2) return;
    const { context } = this;
    context.strokeStyle = this.ink;
    context.lineWidth = 1.4;
    context.setLineDash([5, 4]);
    context.beginPath();
    for (const [place] of stations) context.lineTo(...place);
    context.stroke();
    context.setLineDash([]);
    for (const [[x, y], name] of stations) {
      this.drawPoint([x, y], this.ink, 2.5);
      const font = `italic 500 11px ${this.font}`, width = this.widthOf(name, font);
      const box = { id: null, left: x - width / 2, top: y - 20, right: x + width / 2, bottom: y - 7 };
      if (!this.isFree(box)) continue;
      this.boxes.push(box);
      this.drawText(shortened(name), box.left, y - 14, font);
    }
  }

  drawArrowHead(from, to) {
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]), gap = 9, size = 11;
    const tip = [to[0] - gap * Math.cos(angle), to[1] - gap * Math.sin(angle)];
    this.context.beginPath();
    this.context.moveTo(...tip);
    for (const side of [-0.45, 0.45]) {
      this.context.lineTo(tip[0] - size * Math.cos(angle + side), tip[1] - size * Math.sin(angle + side));
    }
    this.context.fill();
  }

  drawPoint([x, y], colour, radius) {
    this.context.fillStyle = colour;
    this.context.beginPath();
    this.context.arc(x, y, radius, 0, 2 * Math.PI);
    this.context.fill();
  }

  drawRing([x, y], radius) {
    this.context.strokeStyle = this.accent;
    this.context.lineWidth = 2;
    this.context.beginPath();
    this.context.arc(x, y, radius, 0, 2 * Math.PI);
    this.context.stroke();
  }

  /** As many labels as fit, in the order of `ids`, so that a word keeps its label while the map moves. */
  drawLabels(map, ids) {
    let tried = 0;
    for (const id of ids) {
      if (this.boxes.length >= MOST_LABELS || tried >= MOST_TRIED) break;
      const [x, y] = map.place(id);
      if (x < 0 || y < 0 || x > this.width || y > this.height) continue;
      tried++;
      const weight = map.isListed(id) ? 700 : 500;
      this.place(map, id, { size: Math.round(11 + 3 * map.weightOf(id)), weight, room: 5 });
    }
  }

  /**
   * Draws a label beside its point if there is room, with a margin of `room` pixels; with `always`, even if there is
   * none. `gap` is its distance from the point's edge.
   */
  place(map, id, { size, weight = 500, gap = 3, room = 2, always = false }) {
    const text = shortened(map.model.words[id]), font = `${weight} ${size}px ${this.font}`;
    const width = this.widthOf(text, font), [x, y] = map.place(id), away = map.radiusOf(id) + gap;
    if (x < -width || y < -20 || x > this.width + width || y > this.height + 20) return;
    const starts = [[x + away, y - size / 2], [x - away - width, y - size / 2], [x - width / 2, y - away - size], [x - width / 2, y + away]];
    const boxes = starts.map(([left, top]) =>
      ({ id, left: left - room, top: top - room / 2, right: left + width + room, bottom: top + size + room / 2 }));
    const box = boxes.find((each) => each.left >= 0 && each.right <= this.width && this.isFree(each)) ?? (always ? boxes[0] : null);
    if (!box) return;
    this.boxes.push(box);
    this.drawText(text, box.left + room, box.top + (room + size) / 2, font);
  }

  drawText(text, left, middle, font) {
    const { context } = this;
    context.font = font;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = this.paper;
    context.strokeText(text, left, middle);
    context.fillStyle = this.ink;
    context.fillText(text, left, middle);
  }

  widthOf(text, font) {
    const key = font + text;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.context.font = font;
      width = this.context.measureText(text).width;
      this.widths.set(key, width);
    }
    return width;
  }

  isFree(box) {
    return !this.boxes.some((other) =>
      box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
  }

  /** The word whose label is at a place, or null. */
  labelAt(x, y) {
    const box = this.boxes.find(({ id, left, top, right, bottom }) => id !== null && left <= x && x <= right && top <= y && y <= bottom);
    return box ? box.id : null;
  }
}

/** A word cut to 32 letters for a label; the lists show all of it. */
function shortened(word) {
  const letters = [...word];
  return letters.length <= 32 ? word : `${letters.slice(0, 30).join("")}…`;
}
