// Runs kernels of single warps on the CPU: each lane is a coroutine, and lanes meet at warp-wide operations.
// Unlike cuda_on_cpu.h it has dynamic shared memory, all warps at once, and any number of LANES.
//
// A lane runs until the next shuffle, ballot or __syncwarp, where it waits for the other lanes of its warp. In which
// order they run in between follows from a seed, so a missing __syncwarp shows as a result that depends on it. Lanes
// that meet at different operations are an error. Between operations another warp may go on, chosen by the same seed.
#pragma once
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#define __device__
#define __global__
#define __shared__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __expf(x) expf(x)
#define __logf(x) logf(x)
using std::max;
using std::min;

struct alignas(16) float4 { float x, y, z, w; };
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
struct Index { unsigned x; };
static Index threadIdx, blockIdx;
float4 memory[1 << 14];  // the kernel's shared memory, which the running warp fills with its own

namespace on_cpu {
constexpr size_t STACK = 1 << 16;
struct Lane {
    ucontext_t context;
    jmp_buf place;
    std::unique_ptr<char[]> stack;
    bool started = false, done = false;
    const char* operation = nullptr;
    unsigned count = 0;  // operations met
};
struct Block {
    Lane lanes[LANES];
    uint64_t values[2][LANES];  // of this operation and the one before, which a slower lane may still read
    std::vector<char> shared;  // what it keeps in `memory` while another block runs
    bool done = false;
};
static std::function<void()> body;
static std::vector<Block> blocks;
static Block* block;  // the one that runs
static Lane* lane;
static jmp_buf scheduler;
static uint64_t state;
static uint64_t seed = 1;
static unsigned patience = 8;
static size_t shared_bytes = 0;

static uint64_t random_number() {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static void run_lane() {
    body();
    lane->done = true;
    lane->operation = "end";
    _longjmp(scheduler, 1);
}

static uint64_t* meet(const char* operation, uint64_t value) {
    uint64_t* values = block->values[lane->count++ & 1];
    values[threadIdx.x] = value;
    lane->operation = operation;
    if (!_setjmp(lane->place)) _longjmp(scheduler, 1);
    return values;
}

static void resume(unsigned index) {
    lane = &block->lanes[index];
    threadIdx.x = index;
    if (_setjmp(scheduler)) return;
    if (lane->started) _longjmp(lane->place, 1);
    lane->started = true;
    getcontext(&lane->context);
    lane->stack.reset(new char[STACK]);
    lane->context.uc_stack.ss_sp = lane->stack.get();
    lane->context.uc_stack.ss_size = STACK;
    lane->context.uc_link = nullptr;
    makecontext(&lane->context, run_lane, 0);
    setcontext(&lane->context);
}

// All lanes of the block up to their next operation; returns false when they meet at different ones.
static bool step() {
    unsigned turn = LANES > 1 ? random_number() % LANES : 0, backwards = random_number() & 1;
    for (unsigned i = 0; i < LANES; i++) {
        resume(((backwards ? LANES - 1 - i : i) + turn) % LANES);
    }
    for (Lane& other : block->lanes)
        if (strcmp(other.operation, block->lanes[0].operation)) {
            fprintf(stderr, "lanes meet at %s and %s\n", other.operation, block->lanes[0].operation);
            return false;
        }
    block->done = block->lanes[0].done;
    return true;
}

// Run `grid` warps; after each operation, one in `patience` times another warp goes on. False when lanes part ways.
static bool launch(unsigned grid, unsigned, std::function<void()> kernel) {
    body = kernel;
    state = seed * 2 + 1;
    blocks.clear();
    blocks.resize(grid);
    for (Block& each : blocks) each.shared.resize(shared_bytes);
    std::vector<unsigned> alive(grid);
    for (unsigned b = 0; b < grid; b++) alive[b] = b;
    while (!alive.empty()) {
        size_t chosen = random_number() % alive.size();
        block = &blocks[alive[chosen]];
        blockIdx.x = alive[chosen];
        memcpy(memory, block->shared.data(), shared_bytes);
        do
            if (!step()) return false;
        while (!block->done && (alive.size() == 1 || random_number() % patience));
        memcpy(block->shared.data(), memory, shared_bytes);
        if (block->done) alive.erase(alive.begin() + chosen);
    }
    return true;
}

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
static inline int __popc(unsigned bits) { return __builtin_popcount(bits); }
static inline int __ffs(unsigned bits) { return __builtin_ffs(bits); }

extern "C" void set_up(size_t shared_bytes, uint64_t seed, unsigned patience) {
    on_cpu::shared_bytes = shared_bytes, on_cpu::seed = seed, on_cpu::patience = patience;
}
