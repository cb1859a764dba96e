// Synchronization of threads that work together: shared counters, and waiting by brief spinning, yielding, then sleeping.
//
// The threads are Python's, each inside one call of a function of this library. They synchronize a few thousand times
// a second, so it must take less than a microsecond: a counter in shared memory, not a lock of the operating system.
// Counters start at zero. Python allocates them as an array of int64, 16 for each counter; the first of the 16 is the
// counter's value. The array starts at a multiple of 128 bytes.
#pragma once
#include "wordvec.h"

#include <stdatomic.h>

#if defined(_WIN32)
__declspec(dllimport) int __stdcall SwitchToThread(void);
#else
#include <sched.h>
#include <time.h>
#endif

// Two cache lines each: processors fetch lines in pairs, and no two counters may share one.
typedef struct {
  _Alignas(128) _Atomic i64 value;
} counter;

// A waiting thread spins (for less than a microsecond), then yields, as there may be fewer cores than threads, and then
// sleeps. Where other programs use the cores, it can wait for milliseconds until the thread that it needs has a core
// again: if it only yielded, the system would give it that thread's share of time. A sleep lasts 0.1 to 0.2 ms, whatever
// is asked for. PATIENCE must be longer: otherwise a thread whose partner overslept would sleep, too, then the
// partner again, and so on at every step.
enum { SPINS_BEFORE_YIELD = 200, PATIENCE = 500000, SLEEP = 50000 };  // PATIENCE and SLEEP in nanoseconds

INLINE void yield_core(void) {
#if defined(_WIN32)
  SwitchToThread();
#else
  sched_yield();
#endif
}

#if defined(_WIN32)
INLINE i64 nanoseconds(void) { return 0; }         // so threads only yield: Sleep(1) would last up to 16 milliseconds
INLINE void sleep_briefly(void) { yield_core(); }
#else
INLINE i64 nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (i64)now.tv_sec * 1000000000 + now.tv_nsec;
}
INLINE void sleep_briefly(void) { nanosleep(&(struct timespec){0, SLEEP}, 0); }
#endif

// A counter's value. Everything that other threads wrote before they raised it is visible after this call.
INLINE i64 value_of(const counter *shared) { return atomic_load_explicit(&shared->value, memory_order_acquire); }

// Raise a counter; returns its old value. Threads that read the new value see everything this thread wrote before.
INLINE i64 add(counter *shared, i64 amount) {
  return atomic_fetch_add_explicit(&shared->value, amount, memory_order_acq_rel);
}

// Claim the next piece of work for this thread: returns its number, below `limit`, or -1 if none is left.
INLINE i64 claim(counter *shared, i64 limit) {
  i64 piece = value_of(shared);
  while (piece < limit) {
    if (atomic_compare_exchange_weak_explicit(&shared->value, &piece, piece + 1, memory_order_acq_rel,
                                              memory_order_acquire))
      return piece;
  }
  return -1;
}

// Wait until a counter reaches `value` or `stop` is raised.
INLINE void wait_for(const counter *shared, i64 value, const counter *stop) {
  i64 yielding_since = 0;
  for (i64 spins = 0; value_of(shared) < value && value_of(stop) == 0; spins++) {
    if (spins < SPINS_BEFORE_YIELD) continue;
    const i64 now = nanoseconds();
    if (spins == SPINS_BEFORE_YIELD) yielding_since = now;
    if (now - yielding_since < PATIENCE) yield_core();
    else sleep_briefly();
  }
}
