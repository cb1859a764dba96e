// The lasso: a line drawn around words, by mouse, pen or finger.

class Lasso {
  /** `onselect` gets the words inside, more frequent ones first. */
  constructor(map, onselect) {
    this.map = map;
    this.canvas = map.overlay.canvas;
    this.onselect = onselect;
    this.corners = null;
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.goOn(event));
    this.canvas.addEventListener("pointerup", () => this.end());
    this.canvas.addEventListener("pointercancel", () => this.cancel());
  }

  setActive(active) {
    this.active = active;
    this.canvas.classList.toggle("lassoing", active);
    this.cancel();
  }

  begin(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.corners = [[event.offsetX, event.offsetY]];
    event.preventDefault();
  }

  goOn(event) {
    if (!this.corners) return;
    this.corners.push([event.offsetX, event.offsetY]);
    this.map.overlay.draw(this.map);
    this.drawLine();
  }

  end() {
    const corners = this.corners;
    this.cancel();
    if (!corners || corners.length < 3) return;
    this.onselect(this.map.wordsWhere((place) => isInside(place, corners)));
  }

  cancel() {
    this.corners = null;
    this.map.redraw();
  }

  drawLine() {
    const { context, accent } = this.map.overlay;
    context.beginPath();
    for (const corner of this.corners) context.lineTo(...corner);
    context.closePath();
    context.fillStyle = context.strokeStyle = accent;
    context.globalAlpha = 0.12;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.stroke();
    context.setLineDash([]);
  }
}

/** Whether a point is in a polygon: a ray from it to the right meets an odd number of sides. */
function isInside([x, y], corners) {
  let inside = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [ax, ay] = corners[i], [bx, by] = corners[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
