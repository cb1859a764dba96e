// How fast a GPU reads and adds to rows picked at random, of a table that stays in its L2 cache: a warp for each row.
// Macros: FLOAT4S, the float4 of a row that one lane takes.

__device__ __forceinline__ unsigned next(unsigned& state)  // xorshift (Marsaglia 2003)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

extern "C" __global__ void gather_rows(const float* table, int rows, int picks, float* sums)
{
    const int thread = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x % 32;
    unsigned state = 2654435761u * (unsigned)(thread / 32 + 1);
    float total = 0;
    for (int k = 0; k < picks; k++) {
        const float4* row = (const float4*)(table + (next(state) % (unsigned)rows) * (size_t)(128 * FLOAT4S));
        for (int part = 0; part < FLOAT4S; part++) {
            const float4 found = row[part * 32 + lane];
            total += found.x + found.y + found.z + found.w;
        }
    }
    sums[thread] = total;
}

extern "C" __global__ void add_to_rows(float* table, int rows, int picks)
{
    const int thread = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x % 32;
    unsigned state = 2654435761u * (unsigned)(thread / 32 + 1);
    for (int k = 0; k < picks; k++) {
        float* row = table + (next(state) % (unsigned)rows) * (size_t)(128 * FLOAT4S);
        for (int part = 0; part < 4 * FLOAT4S; part++) atomicAdd(row + part * 32 + lane, 1.0f);
    }
}
