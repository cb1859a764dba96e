// What a map has to show: where the cloud of words lies, without the few that are far out.

const OUTLIERS = 0.005; // of the words on each side, which decide the frame only where they are not far out
const FAR_OUT = 0.1; // of the breadth of the others

/** Between which numbers the others lie, but for a few far out on each side. */
function breadth(lists) {
  const sorted = new Float32Array(lists.reduce((sum, { length }) => sum + length, 0));
  lists.reduce((at, list) => (sorted.set(list, at), at + list.length), 0);
  sorted.sort();
  const last = sorted.length - 1, few = Math.floor(OUTLIERS * last);
  const [low, high] = [sorted[few], sorted[last - few]], more = FAR_OUT * (high - low);
  return [Math.max(sorted[0], low - more), Math.min(sorted[last], high + more)];
}
