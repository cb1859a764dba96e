// Definitions that every file of the library uses: short names of types, and EXPORT.
//
// A function that Python calls is marked EXPORT and declared again in wordvec/native/functions.py, which checks its
// arrays. Each array is passed as two arguments: the address of its first element, `name`, and the number of its
// elements, `name_size`. A function that does not need the number marks it `UNUSED(name_size)`.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif
#define INLINE static inline __attribute__((always_inline))
#define UNUSED(name) (void)(name)

typedef int32_t i32;
typedef int64_t i64;
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef float f32;
typedef double f64;

INLINE i64 min_i64(i64 a, i64 b) { return a < b ? a : b; }
INLINE i64 max_i64(i64 a, i64 b) { return a > b ? a : b; }

// Prefetch the cache line at an address that will be used soon. The address need not be valid.
INLINE void prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Prefetch for later use, into the second-level cache: the first level would have evicted the line by then.
INLINE void prefetch_for_later(const void *address) { __builtin_prefetch(address, 0, 2); }
