// GloVe on the GPU: what wordvec/kernels/glove/reference.py defines, one warp for each tile of a round.
//
// Tiles of a round share no row, and within a tile a warp takes one cell after another, so there are no races: the
// result has the same bytes every time. A lane holds columns lane, lane + 32, ... of the two rows in registers.
//
// Macros: DIMENSION, the length of a row.

#define LANES 32
#define CHUNKS ((DIMENSION + LANES - 1) / LANES)

typedef unsigned long long u64;

// The draws of wordvec/rng.py.
__device__ __forceinline__ u64 mix(u64 z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}
__device__ __forceinline__ u64 item_key(u64 key, u64 item)
{
    return mix(key + item * 0x9E3779B97F4A7C15ull + 0x9E3779B97F4A7C15ull);
}
__device__ __forceinline__ u64 draw(u64 key, u64 number)
{
    return mix(key + number * 0xD1B54A32D192ED03ull + 0xD1B54A32D192ED03ull);
}

// order[starts[t] ..] becomes the order in which tile t is taken (cells.order_in_tile), a thread for each tile.
extern "C" __global__ void shuffle_tiles(
    const long long* tiles, long long count, const long long* starts, u64 key, unsigned int* order)
{
    const long long thread = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    if (thread >= count) return;
    const long long tile = tiles[thread], start = starts[tile], cells = starts[tile + 1] - start;
    const u64 tile_key = item_key(key, tile);
    unsigned int* mine = order + start;
    for (long long k = 0; k < cells; k++) mine[k] = (unsigned int)k;
    for (long long last = cells - 1; last > 0; last--) {
        const long long chosen = ((draw(tile_key, last) >> 32) * (u64)(last + 1)) >> 32;
        const unsigned int kept = mine[last];
        mine[last] = mine[chosen];
        mine[chosen] = kept;
    }
}

// h <- h + gradient^2, value <- value - rate gradient / sqrt(h)
__device__ __forceinline__ void step(float& value, float& h, float gradient, float rate)
{
    h += gradient * gradient;
    value -= rate * gradient / sqrtf(h);
}

// All cells of the tiles of one round; losses[t] is the sum of those of tile tiles[t], before each step.
extern "C" __global__ void train_round(
    const long long* tiles, int count, int bands, const u64* packed, const long long* starts, const unsigned int* order,
    float* W_in, float* W_out, float* H_in, float* H_out, float* b_in, float* b_out, float* h_in, float* h_out,
    float x_max, float alpha, float rate, double* losses)
{
    const int lane = threadIdx.x % LANES;
    const int number = blockIdx.x * (blockDim.x / LANES) + threadIdx.x / LANES;
    if (number >= count) return;
    const long long tile = tiles[number], start = starts[tile], cells = starts[tile + 1] - start;
    const long long row_band = tile / bands, column_band = tile % bands;
    double loss = 0;
    for (long long k = 0; k < cells; k++) {
        const u64 cell = packed[start + order[start + k]];
        const long long i = (long long)(cell >> 48) * bands + row_band;
        const long long j = (long long)(cell >> 32 & 0xFFFF) * bands + column_band;
        const unsigned int bits = (unsigned int)cell;
        float X;
        memcpy(&X, &bits, sizeof X);
        float w[CHUNKS], c[CHUNKS], hw[CHUNKS], hc[CHUNKS];
        float dot = lane == 0 ? b_in[i] + b_out[j] : 0.0f;
#pragma unroll
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            const int column = chunk * LANES + lane;
            const bool inside = column < DIMENSION;
            w[chunk] = inside ? W_in[i * DIMENSION + column] : 0.0f;
            c[chunk] = inside ? W_out[j * DIMENSION + column] : 0.0f;
            hw[chunk] = inside ? H_in[i * DIMENSION + column] : 1.0f;
            hc[chunk] = inside ? H_out[j * DIMENSION + column] : 1.0f;
            dot += w[chunk] * c[chunk];
        }
        for (int other = LANES / 2; other > 0; other /= 2) dot += __shfl_xor_sync(0xFFFFFFFFu, dot, other);
        const float weight = X < x_max ? powf(X / x_max, alpha) : 1.0f;
        const float error = dot - logf(X), d = 2 * weight * error;
        loss += (double)(weight * error * error);
#pragma unroll
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            const int column = chunk * LANES + lane;
            if (column >= DIMENSION) continue;
            const float of_w = d * c[chunk], of_c = d * w[chunk];
            step(w[chunk], hw[chunk], of_w, rate);
            step(c[chunk], hc[chunk], of_c, rate);
            W_in[i * DIMENSION + column] = w[chunk];
            W_out[j * DIMENSION + column] = c[chunk];
            H_in[i * DIMENSION + column] = hw[chunk];
            H_out[j * DIMENSION + column] = hc[chunk];
        }
        if (lane == 0) {
            step(b_in[i], h_in[i], d, rate);
            step(b_out[j], h_out[j], d, rate);
        }
    }
    if (lane == 0) losses[number] = loss;
}
