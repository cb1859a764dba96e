// The first part of the GPU kernel (see gpu.cu): its inputs, and the way from positions of the corpus to examples.
// Every draw is a function of (seed, epoch, position): the examples are those of wordvec.corpus.draws.examples.

typedef unsigned int u32;
typedef unsigned long long u64;

#define QUARTERS (PITCH / 4)                          // float4 in a row
#define PART ((QUARTERS + LANES - 1) / LANES)         // float4 of a row in each lane: lane, lane + LANES, ...
#define OUTPUTS (NEGATIVES + 1)
#define GROUPS ((OUTPUTS + TILE - 1) / TILE)
#define LISTED (CBOW || 2 * REACH < GROUP ? 2 * REACH : GROUP)  // contexts of one example at most
#define SENTENCE_START 0x80000000u                    // set in the first token of a sentence
#define NOBODY 0xffffffffu

__device__ __forceinline__ u64 mix(u64 z) {  // wordvec.rng.mix
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}
__device__ __forceinline__ u64 item_key(u64 key, u64 item) { return mix(key + (item + 1) * 0x9E3779B97F4A7C15ull); }
__device__ __forceinline__ u64 draw(u64 key, u64 number) { return mix(key + (number + 1) * 0xD1B54A32D192ED03ull); }

struct Text {
    const u32* tokens;      // word ids, SENTENCE_START set in the first of each sentence; (length,)
    u64 origin;             // the corpus position of tokens[0]
    u32 length;             // of tokens, margins included
};
struct Sampling {
    const u64* keep_thresholds;  // (V,)
    const u64* negative_table;   // (V,): threshold << 32 | alias
    u64 words;                   // V
    u64 epoch_key;
};
struct Schedule {
    double begin, all;  // positions of the epochs before this one; of all epochs together
    double learning_rate;
    u32 block;          // positions within which the learning rate is constant
};
struct Result {  // one for each warp
    double loss;
    u64 predictions, terms, centres;
};

// What a warp has in shared memory; gpu_inputs.py counts its bytes.
struct Warp {
#if GROUPS > 1
    float4 gains[LISTED][QUARTERS];  // of the example's contexts, added once all outputs are done
#endif
    u32 context_word[LISTED];   // the example's contexts, each word once,
    u32 context_times[LISTED];  // and how often it occurs
    u32 word[QUEUE], offset[QUEUE], sentence[QUEUE], reach[QUEUE];  // kept tokens, in a ring
    float rate[QUEUE];
    u32 negative[QUEUE][NEGATIVES], times[QUEUE][NEGATIVES];  // a negative drawn twice is listed once, with times 2
};
static_assert(sizeof(Warp) == WARP_BYTES, "gpu_inputs.py and this file disagree about the shared memory of a warp");

// How far a warp has come in its chunk; the same in all lanes. Tokens are numbered in the order they were kept.
struct Walk {
    u32 cursor;             // the next position to look at
    u32 kept;               // tokens kept so far
    u32 sentences;          // sentence starts met
};

__device__ __forceinline__ u32 lane_index() { return threadIdx.x; }
__device__ __forceinline__ u32 lanes_before(u32 lane) { return (1u << lane) - 1u; }

__device__ __forceinline__ u32 alias_draw(const Sampling& sampling, u64 bits) {
    u64 slot = ((bits >> 32) * sampling.words) >> 32;
    u64 entry = sampling.negative_table[slot];
    return (bits & 0xffffffffull) < (entry >> 32) ? (u32)slot : (u32)entry;
}

__device__ __forceinline__ bool is_kept(const Text& text, const Sampling& sampling, u32 offset) {
    u32 word = text.tokens[offset] & ~SENTENCE_START;
    u64 key = item_key(sampling.epoch_key, text.origin + offset);
    return (draw(key, 0) >> 32) < sampling.keep_thresholds[word];
}

// Where to start looking so that up to REACH kept tokens of the same sentence come before `begin`.
__device__ u32 left_margin(const Text& text, const Sampling& sampling, u32 begin) {
    if (text.tokens[begin] & SENTENCE_START) return begin;
    u32 lane = lane_index(), found = 0;
    for (u32 end = begin; end > 0;) {  // lanes look at end - 1, end - 2, ...
        bool inside = lane < end;
        u32 offset = inside ? end - 1 - lane : 0;
        u32 starts = __ballot_sync(~0u, inside && (text.tokens[offset] & SENTENCE_START));
        u32 kept = __ballot_sync(~0u, inside && is_kept(text, sampling, offset));
        u32 nearest = starts ? __ffs(starts) - 1 : LANES - 1;  // nothing counts beyond the start of the sentence
        for (u32 step = 0; step <= nearest; step++)
            if ((kept >> step & 1u) && ++found == REACH) return end - 1 - step;
        if (starts) return end - 1 - nearest;
        if (end <= LANES) return 0;
        end -= LANES;
    }
    return 0;
}

// Draw a centre's window and negatives into the queue; equal negatives are merged, those equal to the centre dropped.
__device__ void draw_numbers(Warp& warp, const Sampling& sampling, u64 key, u32 word, u32 place) {
    u32 drawn_reach = SHRINK ? 1 + (u32)(((draw(key, 1) >> 32) * (u64)WINDOW) >> 32) : WINDOW;
    warp.reach[place] = min(drawn_reach, (u32)REACH);
    for (u32 j = 0; j < NEGATIVES; j++) {
        u32 drawn = alias_draw(sampling, draw(key, 2 + j));
        u32 times = drawn != word;
        for (u32 i = 0; i < j; i++)
            if (times && warp.negative[place][i] == drawn) {
                warp.times[place][i] += 1;
                times = 0;
            }
        warp.negative[place][j] = times ? drawn : NOBODY;
        warp.times[place][j] = times;
    }
}

// The learning rate at a position: constant within a block, as wordvec.kernels.reference has it.
__device__ __forceinline__ float rate_at(const Schedule& schedule, u64 position) {
    double done = (schedule.begin + (double)(position - position % schedule.block)) / schedule.all;
    return (float)(schedule.learning_rate * fmax(1.0 - done, 1e-4));
}

// Look at the next LANES positions and queue the tokens that subsampling keeps.
__device__ void fill(
    Warp& warp, Walk& walk, const Text& text, const Sampling& sampling, const Schedule& schedule, u32 begin, u32 end
) {
    u32 lane = lane_index(), offset = walk.cursor + lane;
    bool inside = offset < text.length;
    u32 token = inside ? text.tokens[offset] : 0, word = token & ~SENTENCE_START;
    u64 key = item_key(sampling.epoch_key, text.origin + offset);
    bool keep = inside && (draw(key, 0) >> 32) < sampling.keep_thresholds[word];
    u32 starts = __ballot_sync(~0u, token & SENTENCE_START), kept = __ballot_sync(~0u, keep);
    if (keep) {
        u32 place = (walk.kept + __popc(kept & lanes_before(lane))) % QUEUE;
        warp.word[place] = word;
        warp.offset[place] = offset;
        warp.sentence[place] = walk.sentences + __popc(starts & (lanes_before(lane) | 1u << lane));
        if (offset >= begin && offset < end) {
            draw_numbers(warp, sampling, key, word, place);
            warp.rate[place] = rate_at(schedule, text.origin + offset);
        }
    }
    walk.kept += __popc(kept);
    walk.sentences += __popc(starts);
    walk.cursor += LANES;
    __syncwarp();
}

// The tokens of a centre's window, itself included: low .. high - 1, all in its sentence.
__device__ void find_window(const Warp& warp, const Walk& walk, u32 centre, u32& low, u32& high) {
    u32 reach = warp.reach[centre % QUEUE], sentence = warp.sentence[centre % QUEUE], before = 0, after = 0;
    low = centre > reach ? centre - reach : 0, high = min(walk.kept, centre + reach + 1);
    for (u32 from = low; from < high; from += LANES) {
        u32 token = from + lane_index();
        bool foreign = token < high && warp.sentence[token % QUEUE] != sentence;
        before += __popc(__ballot_sync(~0u, foreign && token < centre));
        after += __popc(__ballot_sync(~0u, foreign && token > centre));
    }
    low += before, high -= after;
}

// List the tokens begin .. end - 1 without the centre, each word once. Returns how many are listed.
__device__ u32 list_contexts(Warp& warp, u32 begin, u32 end, u32 centre) {
    u32 lane = lane_index(), listed = 0;
    for (u32 from = begin; from < end; from += LANES) {
        u32 token = from + lane, times = 0;
        bool there = token < end && token != centre, again = false;
        if (there) {
            u32 word = warp.word[token % QUEUE];
            for (u32 other = begin; other < end; other++)
                if (other != centre && warp.word[other % QUEUE] == word) {
                    times += 1;
                    again |= other < token;
                }
        }
        u32 first = __ballot_sync(~0u, there && !again);
        if (there && !again) {
            u32 place = listed + __popc(first & lanes_before(lane));
            warp.context_word[place] = warp.word[token % QUEUE];
            warp.context_times[place] = times;
        }
        listed += __popc(first);
    }
    __syncwarp();
    return listed;
}

// The share of the undivided gradient that CBOW's contexts get: see wordvec.corpus.draws.steps.cbow_shares.
__device__ float share_of_repeats(const Warp& warp, u32 listed, u32 contexts) {
    if (contexts <= MEETINGS) return 1;
    u32 squares = 0;
    for (u32 i = lane_index(); i < listed; i += LANES)
        for (u32 j = 0; j < listed; j++)
            if (warp.context_word[i] % COUNTERS == warp.context_word[j] % COUNTERS)
                squares += warp.context_times[i] * warp.context_times[j];
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) squares += __shfl_xor_sync(~0u, squares, step);
    return fminf(1.0f, (float)MEETINGS * contexts / squares);
}
