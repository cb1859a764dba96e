// Sums of rows that have the same id, in two steps without atomics: the order of the additions is always the same.
// Rows are taken in sorted order; one thread sums PIECE of them, for each column. A segment (the rows of one id) that
// is within one piece is then finished. The partial sums of longer segments are kept in `begun` (the piece's last
// segment, if it continues in the next piece) and `continued` (its first, if it began in an earlier piece).
//
// Also: subtraction of rows from a table.
//
// Macros: REAL, the type of the rows; ID, the type of the ids; PIECE.

extern "C" __global__ void mark_changes(const ID* ids, const long long* order, long long count, int* changes)
{
    const long long k = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (k < count) changes[k] = k > 0 && ids[order[k]] != ids[order[k - 1]];
}

extern "C" __global__ void sum_pieces(
    const ID* __restrict__ ids, const REAL* __restrict__ rows, const long long* __restrict__ order,
    const int* __restrict__ slots, long long count, int columns, REAL* __restrict__ sums, REAL* __restrict__ begun,
    REAL* __restrict__ continued, long long* __restrict__ starts, ID* __restrict__ unique)
{
    const long long thread = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    const long long piece = thread / columns, column = thread % columns, first = piece * PIECE;
    if (first >= count) return;
    const long long last = first + PIECE < count ? first + PIECE : count;
    int slot = slots[first];
    bool from_before = first > 0 && slots[first - 1] == slot;
    if (!from_before && column == 0) {
        starts[slot] = first;
        unique[slot] = ids[order[first]];
    }
    REAL total = 0;
    for (long long k = first; k < last; k++) {
        if (slots[k] != slot) {
            (from_before ? continued + piece * columns : sums + slot * (long long)columns)[column] = total;
            from_before = false;
            slot = slots[k];
            if (column == 0) {
                starts[slot] = k;
                unique[slot] = ids[order[k]];
            }
            total = 0;
        }
        total += rows[order[k] * columns + column];
    }
    if (last == count && column == 0) starts[slot + 1] = count;
    const bool goes_on = last < count && slots[last] == slot;
    (from_before ? continued + piece * columns
     : goes_on   ? begun + piece * columns
                 : sums + slot * (long long)columns)[column] = total;
}

extern "C" __global__ void join_pieces(
    const REAL* begun, const REAL* continued, const long long* starts, long long segments, int columns, REAL* sums)
{
    const long long thread = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    const long long segment = thread / columns, column = thread % columns;
    if (segment >= segments) return;
    const long long first = starts[segment] / PIECE, last = (starts[segment + 1] - 1) / PIECE;
    if (first == last) return;
    REAL total = begun[first * columns + column];
    for (long long piece = first + 1; piece <= last; piece++) total += continued[piece * columns + column];
    sums[thread] = total;
}

// table[ids[r], :] -= rate * rows[r, :], for ids that are all different
extern "C" __global__ void subtract_rows(
    REAL* __restrict__ table, const ID* __restrict__ ids, const REAL* __restrict__ rows, long long count, int columns,
    REAL rate)
{
    const long long thread = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (thread >= count * columns) return;
    table[ids[thread / columns] * (long long)columns + thread % columns] -= rate * rows[thread];
}
