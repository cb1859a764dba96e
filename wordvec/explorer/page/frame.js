// The region that a map has to show: the words without a few outliers.

const OUTLIERS = 0.005; // share of words on each side that extend the frame only if they are not far out
const FAR_OUT = 0.1; // share of the others' range beyond which words are far out

/** The range of the numbers, without a few outliers on each side. */
function breadth(lists) {
  const sorted = new Float32Array(lists.reduce((sum, { length }) => sum + length, 0));
  lists.reduce((at, list) => (sorted.set(list, at), at + list.length), 0);
  sorted.sort();
  const last = sorted.length - 1, few = Math.floor(OUTLIERS * last);
  const [low, high] = [sorted[few], sorted[last - few]], more = FAR_OUT * (high - low);
  return [Math.max(sorted[0], low - more), Math.min(sorted[last], high + more)];
}
