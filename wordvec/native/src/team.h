// What threads that work together share: counters that all of them see, and brief spinning, then yielding.
//
// The threads are Python's, each inside one call of a function of this library. They meet a few thousand times a
// second, so a meeting must cost less than a microsecond: a counter in shared memory, not a lock of the operating
// system. Counters start at zero. Python makes them as an array of int64, 16 for each counter, of which the first is
// its value; the array starts at a multiple of 128 bytes.
#pragma once
#include "wordvec.h"

#include <stdatomic.h>

#if defined(_WIN32)
__declspec(dllimport) int __stdcall SwitchToThread(void);
#else
#include <sched.h>
#endif

// Two cache lines each: processors fetch lines in pairs, and no two counters may share one.
typedef struct {
  _Alignas(128) _Atomic i64 value;
} counter;

enum { SPINS_BEFORE_YIELD = 200 };  // some microseconds; then let another thread have the core: there may be fewer

INLINE void yield_core(void) {
#if defined(_WIN32)
  SwitchToThread();
#else
  sched_yield();
#endif
}

// A counter's value; what the threads that raised it wrote before is visible afterwards.
INLINE i64 value_of(const counter *shared) { return atomic_load_explicit(&shared->value, memory_order_acquire); }

// Raise a counter; what this thread wrote before is visible to whoever reads the new value. Returns the old one.
INLINE i64 add(counter *shared, i64 amount) {
  return atomic_fetch_add_explicit(&shared->value, amount, memory_order_acq_rel);
}

// The number of a piece of work below `limit` that is now this thread's, or -1 if none is left.
INLINE i64 claim(counter *shared, i64 limit) {
  i64 piece = value_of(shared);
  while (piece < limit) {
    if (atomic_compare_exchange_weak_explicit(&shared->value, &piece, piece + 1, memory_order_acq_rel,
                                              memory_order_acquire))
      return piece;
  }
  return -1;
}

// Wait until a counter has reached `value`, or `stop` is raised.
INLINE void wait_for(const counter *shared, i64 value, const counter *stop) {
  for (i64 spins = 0; value_of(shared) < value && value_of(stop) == 0; spins++)
    if (spins >= SPINS_BEFORE_YIELD) yield_core();
}
