// CBOW with softmax, as wordvec's layers compute it: MatMul of one-hot contexts, Mean, MatMul, SoftmaxWithLoss.
// Matrices are lists of rows. tests/learn compare every matrix with the library's.

const product = (A, B) => A.map((row) => B[0].map((_, j) => row.reduce((sum, a, k) => sum + a * B[k][j], 0)));
const transpose = (A) => A[0].map((_, j) => A.map((row) => row[j]));

function softmax(scores) {
  const largest = Math.max(...scores);
  const e = scores.map((score) => Math.exp(score - largest)); // at most 1: no overflow
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((value) => value / sum);
}

// All that one step computes from the weights: W_in (V, D), W_out (D, V), contexts (B, C), targets (B).
function compute({ W_in, W_out }, { contexts, targets }) {
  const B = targets.length;
  const h = contexts.map((ids) => W_in[0].map((_, d) => ids.reduce((sum, id) => sum + W_in[id][d], 0) / ids.length));
  const scores = product(h, W_out);
  const probabilities = scores.map(softmax);
  const losses = scores.map((row, b) => {
    const largest = Math.max(...row);
    return largest + Math.log(row.reduce((sum, s) => sum + Math.exp(s - largest), 0)) - row[targets[b]];
  });
  const loss = losses.reduce((a, b) => a + b, 0) / B;
  const dscores = probabilities.map((row, b) => row.map((p, v) => (p - (v === targets[b] ? 1 : 0)) / B));
  const dW_out = product(transpose(h), dscores);
  const dh = product(dscores, transpose(W_out));
  const dW_in = W_in.map((row) => row.map(() => 0));
  contexts.forEach((ids, b) => ids.forEach((id) => dh[b].forEach((g, d) => (dW_in[id][d] += g / ids.length))));
  return { h, scores, probabilities, losses, loss, dscores, dW_out, dh, dW_in };
}

// The weights after one step of gradient descent.
function descend({ W_in, W_out }, { dW_in, dW_out }, rate) {
  const moved = (W, dW) => W.map((row, i) => row.map((w, j) => w - rate * dW[i][j]));
  return { W_in: moved(W_in, dW_in), W_out: moved(W_out, dW_out) };
}
