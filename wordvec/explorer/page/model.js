// One model's data in the page: its words, their places and clusters, and, in a file, rows to search in.

/** The bytes that a base64 text encodes. */
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

class Model {
  /** `data` is the output of PageModel.as_json; row i of every array belongs to words[i], by falling frequency. */
  constructor(data, index) {
    this.index = index;
    for (const name of ["name", "words", "counts", "total", "dim", "method", "shares", "groupWords", "agreement", "about", "bits"]) {
      this[name] = data[name];
    }
    const places = new Float32Array(bytesOf(data.points).buffer);
    this.x = places.filter((_, i) => i % 2 === 0);
    this.y = places.filter((_, i) => i % 2 === 1);
    this.groups = bytesOf(data.groups);
    this.passed = new Set(data.passed); // function words, whose labels come last
    this.idOf = new Map(this.words.map((word, id) => [word, id]));
    this.rows = data.rows && this.typedRows(bytesOf(data.rows).buffer);
    this.lengths = this.rows && this.rowLengths();
  }

  typedRows(buffer) {
    return this.bits === 8 ? new Int8Array(buffer) : new Int16Array(buffer);
  }

  /** The length of each row; 1 for a zero row, to allow division. */
  rowLengths() {
    const lengths = new Float64Array(this.words.length);
    for (let id = 0, at = 0; id < lengths.length; id++) {
      let sum = 0;
      for (let end = at + this.dim; at < end; at++) sum += this.rows[at] * this.rows[at];
      lengths[id] = Math.sqrt(sum) || 1;
    }
    return lengths;
  }

  /** Adds `sign` times the row of a word, scaled to length 1, to `sum`. */
  addUnitRow(sum, id, sign) {
    const start = id * this.dim;
    for (let j = 0; j < this.dim; j++) sum[j] += (sign * this.rows[start + j]) / this.lengths[id];
  }

  /** Words as compared in a search: without case, with full and half width equal; made when first needed. */
  get folded() {
    this.foldedWords ??= this.words.map(fold);
    return this.foldedWords;
  }
}

function fold(text) {
  return text.normalize("NFKC").toLowerCase();
}
