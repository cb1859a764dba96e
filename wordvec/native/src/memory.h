// Allocation of the library's own memory. It is zeroed; a null pointer means that no memory is left.
#pragma once
#include "wordvec.h"

#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#include <malloc.h>
#endif

enum { ALIGNMENT = 128 };  // two cache lines, see team.h

INLINE void *new_zeros(i64 number, i64 bytes_each) { return calloc((size_t)(number > 0 ? number : 1), (size_t)bytes_each); }

// The same, starting at a multiple of ALIGNMENT.
INLINE void *new_aligned(i64 bytes) {
  const size_t size = ((size_t)bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
#if defined(_WIN32)
  void *memory = _aligned_malloc(size, ALIGNMENT);
#else
  void *memory = aligned_alloc(ALIGNMENT, size);
#endif
  return memory ? memset(memory, 0, size) : 0;
}

INLINE void free_aligned(void *memory) {
#if defined(_WIN32)
  _aligned_free(memory);
#else
  free(memory);
#endif
}
