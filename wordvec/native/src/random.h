// Counter-based random numbers, bit for bit the same as in wordvec/rng.py, which explains them.
#pragma once
#include "wordvec.h"

#define RNG_G 0x9E3779B97F4A7C15ull  // 2^64 / golden ratio: the increment of SplitMix64
#define RNG_H 0xD1B54A32D192ED03ull  // another odd constant, so that neighbouring items do not share draws
#define RNG_A 0xBF58476D1CE4E5B9ull
#define RNG_B 0x94D049BB133111EBull

enum { SUBSAMPLE = 0, WINDOW = 1, FIRST_NEGATIVE = 2 };  // the numbers of a position's draws, by use

// Scramble 64 bits: SplitMix64's finalizer (Steele, Lea and Flood 2014).
INLINE u64 mix(u64 z) {
  z = (z ^ (z >> 30)) * RNG_A;
  z = (z ^ (z >> 27)) * RNG_B;
  return z ^ (z >> 31);
}

// The key of one item of a stream, such as one position of the corpus in one epoch.
INLINE u64 item_key(u64 stream_key, u64 item) { return mix(stream_key + item * RNG_G + RNG_G); }

// Draw `number` of one item: 64 random bits.
INLINE u64 draw(u64 key, u64 number) { return mix(key + number * RNG_H + RNG_H); }

// An integer in [0, limit) from the upper 32 bits of a draw; limit < 2^32.
INLINE u64 below(u64 bits, u64 limit) { return ((bits >> 32) * limit) >> 32; }
