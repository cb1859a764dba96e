// Products of a sparse matrix (CSR) with a block of columns: most of the SVD's time.
//
//   result[r, c] = sum over the cells k of row r of data[k] * X[indices[k], c]
//
//   X        (columns of the matrix, width); result (rows of the matrix, width); width a multiple of STRIP
//   indptr   (rows + 1,): the cells of row r are indptr[r] .. indptr[r + 1] - 1 of indices and data
//
// A strip of a row of the result stays in vector registers while the loop passes over the row's cells, and rows of X
// are prefetched. Each number is one sum in the order of the cells, so neither the division among threads nor the width
// of a vector changes it. Builds without a fused multiply_add (x86-64-v2) also round each product.
#include "vectors.h"

enum {
  STRIP = 16,  // columns in registers at a time: one cache line of a row of X
  VECTORS = STRIP / LANES,
  AHEAD = 16,  // cells between prefetching a row of X and using it
};

// target[0 .. STRIP - 1] = the product of one row, cells begin .. end - 1, with a strip of X.
INLINE void multiply_row(const i32 *indices, const f32 *data, i64 begin, i64 end, i64 last, const f32 *X, i64 width,
                         f32 *target) {
  vec sums[VECTORS];
  for (int v = 0; v < VECTORS; v++) sums[v] = splat(0.0f);
  for (i64 k = begin; k < end; k++) {
    prefetch(X + indices[min_i64(k + AHEAD, last)] * width);  // may belong to a later row
    const f32 *row = X + indices[k] * width;
    const vec value = splat(data[k]);
    for (int v = 0; v < VECTORS; v++) sums[v] = multiply_add(value, load(row + v * LANES), sums[v]);
  }
  for (int v = 0; v < VECTORS; v++) store(target + v * LANES, sums[v]);
}

// Compute rows first .. stop - 1 of the result.
EXPORT void multiply_rows(const i64 *indptr, i64 indptr_size, const i32 *indices, i64 indices_size, const f32 *data,
                          i64 data_size, const f32 *X, i64 X_size, f32 *result, i64 result_size, i64 width, i64 first,
                          i64 stop) {
  UNUSED(indptr_size), UNUSED(data_size), UNUSED(X_size), UNUSED(result_size);
  for (i64 column = 0; column < width; column += STRIP)
    for (i64 row = first; row < stop; row++)
      multiply_row(indices, data, indptr[row], indptr[row + 1], indices_size - 1, X + column, width,
                   result + row * width + column);
}
