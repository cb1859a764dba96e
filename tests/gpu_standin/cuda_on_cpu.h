// Runs CUDA kernels on the CPU, thread by thread, so that what they compute can be checked without a card.
// Every thread of a block is a coroutine; at a barrier or a shuffle it waits for the others of its block or warp.
// Blocks run one after the other. Not here: memory order between blocks, dynamic shared memory, partial masks.

#include <cmath>
#include <cstdint>
#include <cstring>

#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static

struct dim3 {
    unsigned x, y, z;
};
struct float4 {
    float x, y, z, w;
};
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
extern dim3 threadIdx, blockIdx, blockDim, gridDim;
static const int warpSize = 32;

namespace on_cpu {
// In cuda_on_cpu.cpp, which is compiled once for all kernels.
void wait_for_block();
void wait_for_warp();
bool launch(unsigned blocks, unsigned size, void (*kernel)(void**), void** arguments);
extern unsigned current;  // the thread that runs
extern uint64_t exchanged[1024];

template <class T> T shuffle(T value, unsigned source)
{
    const unsigned thread = current, first = thread / 32 * 32;
    std::memcpy(&exchanged[thread], &value, sizeof(T));
    wait_for_warp();
    T found = value;
    if (source < 32 && first + source < blockDim.x) std::memcpy(&found, &exchanged[first + source], sizeof(T));
    wait_for_warp();
    return found;
}
}  // namespace on_cpu

inline void __syncthreads() { on_cpu::wait_for_block(); }
inline void __syncwarp(unsigned = 0xffffffffu) { on_cpu::wait_for_warp(); }
template <class T> T __shfl_sync(unsigned, T value, int lane) { return on_cpu::shuffle(value, lane & 31); }
template <class T> T __shfl_xor_sync(unsigned, T value, int mask)
{
    return on_cpu::shuffle(value, (on_cpu::current & 31) ^ mask);
}
template <class T> T __shfl_down_sync(unsigned, T value, int by)
{
    return on_cpu::shuffle(value, (on_cpu::current & 31) + by);
}
template <class T> T __shfl_up_sync(unsigned, T value, int by)
{
    return on_cpu::shuffle(value, (on_cpu::current & 31) - by);
}
template <class T> T atomicAdd(T* place, T value)
{
    const T before = *place;
    *place += value;
    return before;
}
template <class T> T __ldg(const T* place) { return *place; }
inline float __expf(float x) { return std::exp(x); }
inline float __logf(float x) { return std::log(x); }
inline float __fdividef(float a, float b) { return a / b; }
inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline unsigned __umulhi(unsigned a, unsigned b) { return (uint64_t(a) * b) >> 32; }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
using std::exp;
using std::fabs;
using std::log;
using std::log1p;
using std::pow;
using std::sqrt;
template <class T> T min(T a, T b) { return b < a ? b : a; }
template <class T> T max(T a, T b) { return a < b ? b : a; }
