// Runs CUDA kernels on the CPU, thread by thread, so that what they compute can be checked without a card.
// Every thread of a block is a coroutine; at a barrier or a shuffle it waits for the others of its block or warp.
// Blocks run one after the other. Not here: memory order between blocks, dynamic shared memory, partial masks.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <ucontext.h>
#include <vector>

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
static dim3 threadIdx, blockIdx, blockDim, gridDim;
static const int warpSize = 32;

namespace on_cpu {
struct Barrier {
    int size = 0, arrived = 0, generation = 0;
};
struct Thread {
    ucontext_t context;
    std::vector<char> stack;
    bool done;
};
static std::vector<Thread> threads;
static std::vector<Barrier> warps;
static Barrier block;
static ucontext_t scheduler;
static unsigned current;
static std::function<void()> body;
static uint64_t exchanged[1024];

inline void wait(Barrier& barrier)
{
    const int generation = barrier.generation;
    if (++barrier.arrived == barrier.size) {
        barrier.arrived = 0;
        barrier.generation++;
    }
    while (barrier.generation == generation) swapcontext(&threads[current].context, &scheduler);
}
inline void leave(Barrier& barrier)  // a thread that has ended is waited for no more
{
    if (--barrier.size > 0 && barrier.arrived == barrier.size) {
        barrier.arrived = 0;
        barrier.generation++;
    }
}
inline void start()
{
    body();
    leave(warps[current / 32]);
    leave(block);
    threads[current].done = true;
    swapcontext(&threads[current].context, &scheduler);
}
inline void run_block()
{
    const unsigned count = blockDim.x;
    threads.resize(count);
    warps.assign((count + 31) / 32, Barrier());
    block = Barrier();
    block.size = count;
    for (unsigned t = 0; t < count; t++) {
        warps[t / 32].size++;
        threads[t].done = false;
        threads[t].stack.resize(1 << 16);
        getcontext(&threads[t].context);
        threads[t].context.uc_stack.ss_sp = threads[t].stack.data();
        threads[t].context.uc_stack.ss_size = threads[t].stack.size();
        threads[t].context.uc_link = nullptr;
        makecontext(&threads[t].context, start, 0);
    }
    for (unsigned left = count; left > 0;) {
        left = 0;
        for (unsigned t = 0; t < count; t++) {
            if (threads[t].done) continue;
            current = t;
            threadIdx = {t, 0, 0};
            swapcontext(&scheduler, &threads[t].context);
            left += !threads[t].done;
        }
    }
}
inline bool launch(unsigned blocks, unsigned size, std::function<void()> kernel)
{
    body = kernel;
    gridDim = {blocks, 1, 1};
    blockDim = {size, 1, 1};
    for (unsigned b = 0; b < blocks; b++) {
        blockIdx = {b, 0, 0};
        run_block();
    }
    return true;
}
template <class T> T shuffle(T value, unsigned source)
{
    const unsigned thread = current, first = thread / 32 * 32;
    std::memcpy(&exchanged[thread], &value, sizeof(T));
    wait(warps[thread / 32]);
    T found = value;
    if (source < 32 && first + source < blockDim.x) std::memcpy(&found, &exchanged[first + source], sizeof(T));
    wait(warps[thread / 32]);
    return found;
}
}  // namespace on_cpu

inline void __syncthreads() { on_cpu::wait(on_cpu::block); }
inline void __syncwarp(unsigned = 0xffffffffu) { on_cpu::wait(on_cpu::warps[on_cpu::current / 32]); }
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
