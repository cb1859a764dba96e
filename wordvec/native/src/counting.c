// Counting rows of the co-occurrence matrix. A row is counted over all positions of its word, so it is complete when it
// is written. The same functions in numpy: wordvec/counts/rows/plain.py. All builds give the same bytes: only integers.
//
//   X[i, j] = sum of weights[d] over all positions of word i and all distances d at which word j occurs
//
//   stream            word ids; id V is a border, which ends windows, and V + 1 a removed word, which is not counted
//   positions         positions in the stream, by word: word w has positions[row_starts[w] .. row_starts[w + 1] - 1]
//   columns, sums     the cells of the rows, row after row, each row in order of columns; row_sizes: cells in each row
//
// A row is summed in the accumulator, an array with one place for each word. Bits record which places are in use: 64
// words in one number (marks). A second layer of bits (summary) records which of these numbers are in use. Walking over
// both layers gives the columns of the row in order, without sorting.
//
// A word's positions are scattered over the text, so each is prefetched AHEAD positions before it is needed: without
// prefetching, counting takes more than twice as long.
#include "wordvec.h"

enum { AHEAD = 12, IDS_PER_LINE = 16 };  // ids of 4 bytes, cache lines of 64

// The row that is being summed. It is all zero between rows, except the place of removed words, which is never zero, so
// that they are never marked and never become a cell.
typedef struct {
  i64 *accumulator;  // (V + 2,)
  u64 *marks;        // (V / 64 + 1,)
  u64 *summary;      // (V / 4096 + 1,)
  i64 summary_size;
} row_sum;

INLINE void add_to_row(const row_sum *row, i64 column, i64 amount) {
  const i64 before = row->accumulator[column];
  if (before == 0) {
    const i64 mark = column >> 6;
    row->marks[mark] |= 1ull << (column & 63);
    row->summary[mark >> 6] |= 1ull << (mark & 63);
  }
  row->accumulator[column] = before + amount;
}

// Write the row's cells to columns[0 ..] and sums[0 ..], and reset the row; returns the number of cells.
static i64 write_row(const row_sum *row, i32 *columns, i64 *sums) {
  i64 filled = 0;
  for (i64 s = 0; s < row->summary_size; s++) {
    for (u64 marks = row->summary[s]; marks != 0; marks &= marks - 1) {
      const i64 mark = 64 * s + __builtin_ctzll(marks);
      for (u64 bits = row->marks[mark]; bits != 0; bits &= bits - 1) {
        const i64 column = 64 * mark + __builtin_ctzll(bits);
        columns[filled] = (i32)column;
        sums[filled] = row->accumulator[column];
        row->accumulator[column] = 0;
        filled++;
      }
      row->marks[mark] = 0;
    }
    row->summary[s] = 0;
  }
  return filled;
}

// Set counts[w] to how often word w occurs in stream[begin .. end - 1]; borders and removed words are not counted.
EXPORT void count_words(const i32 *stream, i64 stream_size, i64 begin, i64 end, i64 *counts, i64 size) {
  UNUSED(stream_size);
  for (i64 word = 0; word < size; word++) counts[word] = 0;
  for (i64 position = begin; position < end; position++)
    if (stream[position] < size) counts[stream[position]]++;
}

// Write the positions of the words in stream[begin .. end - 1], in order: those of word w to positions[places[w] ..].
EXPORT void place_words(const i32 *stream, i64 stream_size, i64 begin, i64 end, i64 *places, i64 size, u32 *positions,
                        i64 positions_size) {
  UNUSED(stream_size), UNUSED(positions_size);
  for (i64 position = begin; position < end; position++)
    if (stream[position] < size) positions[places[stream[position]]++] = (u32)position;
}

// Count rows first .. last - 1; returns the number of cells. Windows reach `left` words back and `right` words ahead.
EXPORT i64 count_rows(const i32 *stream, i64 stream_size, const u32 *positions, i64 positions_size,
                      const i64 *row_starts, i64 row_starts_size, const i64 *weights, i64 weights_size, i64 left,
                      i64 right, i64 *accumulator, i64 accumulator_size, u64 *marks, i64 marks_size, u64 *summary,
                      i64 summary_size, i32 *columns, i64 columns_size, i64 *sums, i64 sums_size, i64 first, i64 last,
                      i32 *row_sizes, i64 vocabulary_size) {
  UNUSED(row_starts_size), UNUSED(weights_size), UNUSED(accumulator_size), UNUSED(marks_size);
  UNUSED(columns_size), UNUSED(sums_size);
  const row_sum sum = {accumulator, marks, summary, summary_size};
  i64 filled = 0;
  for (i64 row = first; row < last; row++) {
    row_sizes[row] = 0;
    if (row_starts[row] == row_starts[row + 1]) continue;  // an empty row: skip walking over the marks
    for (i64 k = row_starts[row]; k < row_starts[row + 1]; k++) {
      if (k + AHEAD < positions_size) {
        const i64 centre = positions[k + AHEAD];
        prefetch(stream + max_i64(centre - IDS_PER_LINE / 2, 0));
        prefetch(stream + min_i64(centre + IDS_PER_LINE / 2, stream_size - 1));
      }
      const i32 *centre = stream + positions[k];
      for (i64 distance = 1; distance <= left && centre[-distance] != vocabulary_size; distance++)
        add_to_row(&sum, centre[-distance], weights[distance]);
      for (i64 distance = 1; distance <= right && centre[distance] != vocabulary_size; distance++)
        add_to_row(&sum, centre[distance], weights[distance]);
    }
    row_sizes[row] = (i32)write_row(&sum, columns + filled, sums + filled);
    filled += row_sizes[row];
  }
  return filled;
}

// Add the rows of several parts; returns the number of cells. Row r of part p is
// part_columns and part_sums[starts[p, r] .. starts[p, r + 1] - 1]; starts is (parts, rows + 1).
EXPORT i64 merge_rows(const i32 *part_columns, i64 part_columns_size, const i64 *part_sums, i64 part_sums_size,
                      const i64 *starts, i64 starts_size, i64 *accumulator, i64 accumulator_size, u64 *marks,
                      i64 marks_size, u64 *summary, i64 summary_size, i32 *columns, i64 columns_size, i64 *sums,
                      i64 sums_size, i32 *row_sizes, i64 rows) {
  UNUSED(part_columns_size), UNUSED(part_sums_size), UNUSED(accumulator_size), UNUSED(marks_size);
  UNUSED(columns_size), UNUSED(sums_size);
  const row_sum sum = {accumulator, marks, summary, summary_size};
  i64 filled = 0;
  for (i64 row = 0; row < rows; row++) {
    for (const i64 *start = starts; start < starts + starts_size; start += rows + 1)
      for (i64 cell = start[row]; cell < start[row + 1]; cell++)
        add_to_row(&sum, part_columns[cell], part_sums[cell]);
    row_sizes[row] = (i32)write_row(&sum, columns + filled, sums + filled);
    filled += row_sizes[row];
  }
  return filled;
}
