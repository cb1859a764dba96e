// Runs kernels of single warps on the CPU: each lane is a coroutine, and lanes meet at warp-wide operations.
// Unlike cuda_on_cpu.h it has dynamic shared memory, all warps at once, and any number of LANES.
//
// A lane runs until the next shuffle, ballot or __syncwarp, where it waits for the other lanes of its warp. In which
// order they run in between follows from a seed, so a missing __syncwarp shows as a result that depends on it. Lanes
// that meet at different operations are an error. Between operations another warp may go on, chosen by the same seed.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

#define __device__
#define __global__
#define __shared__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __expf(x) expf(x)
#define __logf(x) logf(x)

struct alignas(16) float4 { float x, y, z, w; };
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
struct Index { unsigned x; };
extern Index threadIdx, blockIdx;
extern float4 memory[1 << 14];  // the kernel's shared memory, which the running warp fills with its own

namespace on_cpu {
// In warps_on_cpu.cpp, which is compiled once for all kernels.
uint64_t* meet(const char* operation, uint64_t value);
bool launch(unsigned grid, unsigned lanes, void (*kernel)(void**), void** arguments);

template <class T> uint64_t bits_of(T value) {
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof value);
    return bits;
}
template <class T> T value_of(uint64_t bits) {
    T value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
}  // namespace on_cpu

static inline void __syncwarp() { on_cpu::meet("__syncwarp", 0); }
static inline unsigned __ballot_sync(unsigned, bool vote) {
    uint64_t* votes = on_cpu::meet("__ballot_sync", vote);
    unsigned mask = 0;
    for (unsigned i = 0; i < LANES; i++) mask |= (unsigned)votes[i] << i;
    return mask;
}
template <class T> T __shfl_sync(unsigned, T value, unsigned source) {
    return on_cpu::value_of<T>(on_cpu::meet("__shfl_sync", on_cpu::bits_of(value))[source % LANES]);
}
template <class T> T __shfl_xor_sync(unsigned, T value, unsigned mask) {
    return on_cpu::value_of<T>(on_cpu::meet("__shfl_xor_sync", on_cpu::bits_of(value))[threadIdx.x ^ mask]);
}
template <class T> T atomicAdd(T* address, T value) {
    T before = *address;
    *address += value;
    return before;
}
template <class T> T __ldcg(const T* address) { return *address; }
template <class T> T min(T a, T b) { return b < a ? b : a; }
template <class T> T max(T a, T b) { return a < b ? b : a; }
static inline int __popc(unsigned bits) { return __builtin_popcount(bits); }
static inline int __ffs(unsigned bits) { return __builtin_ffs(bits); }
