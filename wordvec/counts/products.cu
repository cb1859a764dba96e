// A sparse matrix times a block of columns: each lane of a warp has a column, so a row of the block is read at once.
// Rows of many cells are cut into pieces, whose sums are added up in order: always the same bytes.
//
// Macros: REAL, the type of the numbers; WIDTH, the columns of the block.

// partial[p, :] = the sum over cells starts[p] .. starts[p + 1] - 1 of data[k] * X[indices[k], :]
extern "C" __global__ void multiply_pieces(
    const REAL* __restrict__ data, const int* __restrict__ indices, const long long* __restrict__ starts,
    long long pieces, const REAL* __restrict__ X, REAL* __restrict__ partial)
{
    const long long piece = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / WIDTH;
    const int column = threadIdx.x % WIDTH;
    if (piece >= pieces) return;
    REAL total = 0;
#pragma unroll 8
    for (long long k = starts[piece]; k < starts[piece + 1]; k++)
        total += data[k] * X[(long long)indices[k] * WIDTH + column];
    partial[piece * WIDTH + column] = total;
}

// result[r, :] = the sum over pieces first[r] .. first[r + 1] - 1 of partial[p, :]
extern "C" __global__ void add_pieces(
    const REAL* __restrict__ partial, const long long* __restrict__ first, long long rows, REAL* __restrict__ result)
{
    const long long row = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / WIDTH;
    const int column = threadIdx.x % WIDTH;
    if (row >= rows) return;
    REAL total = 0;
    for (long long piece = first[row]; piece < first[row + 1]; piece++) total += partial[piece * WIDTH + column];
    result[row * WIDTH + column] = total;
}
