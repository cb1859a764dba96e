// What warps_on_cpu.h declares: the coroutines, and how they take turns.
#define LANES 32  // the most that a warp may have
#include "warps_on_cpu.h"

#include <setjmp.h>
#include <stdio.h>
#include <ucontext.h>
#include <memory>
#include <vector>

Index threadIdx, blockIdx;
float4 memory[1 << 14];

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
    std::vector<Lane> lanes;
    uint64_t values[2][LANES];  // of this operation and the one before, which a slower lane may still read
    std::vector<char> shared;  // what it keeps in `memory` while another block runs
    bool done = false;
};
static void (*body)(void**);
static void** given;
static unsigned lanes;  // of every warp
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
    body(given);
    lane->done = true;
    lane->operation = "end";
    _longjmp(scheduler, 1);
}

uint64_t* meet(const char* operation, uint64_t value) {
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
    unsigned turn = lanes > 1 ? random_number() % lanes : 0, backwards = random_number() & 1;
    for (unsigned i = 0; i < lanes; i++) {
        resume(((backwards ? lanes - 1 - i : i) + turn) % lanes);
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
bool launch(unsigned grid, unsigned size, void (*kernel)(void**), void** arguments) {
    body = kernel, given = arguments, lanes = size;
    state = seed * 2 + 1;
    blocks.clear();
    blocks.resize(grid);
    for (Block& each : blocks) each.shared.resize(shared_bytes), each.lanes.resize(lanes);
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
}  // namespace on_cpu

extern "C" void set_up(size_t shared_bytes, uint64_t seed, unsigned patience) {
    on_cpu::shared_bytes = shared_bytes, on_cpu::seed = seed, on_cpu::patience = patience;
}
