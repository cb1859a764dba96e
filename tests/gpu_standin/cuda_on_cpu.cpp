// What cuda_on_cpu.h declares: the coroutines, and how they take turns.
#include "cuda_on_cpu.h"

#include <setjmp.h>
#include <ucontext.h>
#include <vector>

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace on_cpu {
struct Barrier {
    int size = 0, arrived = 0, generation = 0;
};
struct Thread {
    ucontext_t context;
    jmp_buf place;
    std::vector<char> stack;
    bool started, done;
};
static std::vector<Thread> threads;
static std::vector<Barrier> warps;
static Barrier block;
static jmp_buf scheduler;
static void (*body)(void**);
static void** given;
unsigned current;
uint64_t exchanged[1024];

static void wait(Barrier& barrier)
{
    const int generation = barrier.generation;
    if (++barrier.arrived == barrier.size) {
        barrier.arrived = 0;
        barrier.generation++;
    }
    while (barrier.generation == generation)
        if (!_setjmp(threads[current].place)) _longjmp(scheduler, 1);
}
void wait_for_block() { wait(block); }
void wait_for_warp() { wait(warps[current / 32]); }
static void leave(Barrier& barrier)  // a thread that has ended is waited for no more
{
    if (--barrier.size > 0 && barrier.arrived == barrier.size) {
        barrier.arrived = 0;
        barrier.generation++;
    }
}
static void start()
{
    body(given);
    leave(warps[current / 32]);
    leave(block);
    threads[current].done = true;
    _longjmp(scheduler, 1);
}
static void resume(Thread& thread)
{
    if (_setjmp(scheduler)) return;
    if (thread.started) _longjmp(thread.place, 1);
    thread.started = true;
    getcontext(&thread.context);
    thread.context.uc_stack.ss_sp = thread.stack.data();
    thread.context.uc_stack.ss_size = thread.stack.size();
    thread.context.uc_link = nullptr;
    makecontext(&thread.context, start, 0);
    setcontext(&thread.context);
}
static void run_block()
{
    const unsigned count = blockDim.x;
    threads.resize(count);
    warps.assign((count + 31) / 32, Barrier());
    block = Barrier();
    block.size = count;
    for (unsigned t = 0; t < count; t++) {
        warps[t / 32].size++;
        threads[t].started = threads[t].done = false;
        threads[t].stack.resize(1 << 16);
    }
    for (unsigned left = count; left > 0;) {
        left = 0;
        for (unsigned t = 0; t < count; t++) {
            if (threads[t].done) continue;
            current = t;
            threadIdx = {t, 0, 0};
            resume(threads[t]);
            left += !threads[t].done;
        }
    }
}
bool launch(unsigned blocks, unsigned size, void (*kernel)(void**), void** arguments)
{
    body = kernel;
    given = arguments;
    gridDim = {blocks, 1, 1};
    blockDim = {size, 1, 1};
    for (unsigned b = 0; b < blocks; b++) {
        blockIdx = {b, 0, 0};
        run_block();
    }
    return true;
}
}  // namespace on_cpu
