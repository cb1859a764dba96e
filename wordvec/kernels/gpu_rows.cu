// The second part of the GPU kernel (see gpu.cu): rows of W_in in a warp's shared memory, and adding to rows.

// The slot that holds `word`, or a free one (then `fresh`); one more token uses it.
__device__ u32 take_slot(Warp& warp, u32 word, bool& fresh) {
    u32 best = NOBODY;  // slots in use sort before free ones
    for (u32 s = lane_index(); s < SLOTS; s += LANES) {
        u32 rank = !warp.slot_uses[s] ? SLOTS + s : warp.slot_word[s] == word ? s : NOBODY;
        best = min(best, rank);
    }
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) best = min(best, __shfl_xor_sync(~0u, best, step));
    fresh = best >= SLOTS;
    u32 slot = fresh ? best - SLOTS : best;
    __syncwarp();
    if (lane_index() == 0) {
        warp.slot_word[slot] = word;
        warp.slot_uses[slot] += 1;
    }
    __syncwarp();
    return slot;
}

__device__ __forceinline__ float4 read_part(const float* row, u32 i) { return __ldcg((const float4*)row + i); }

__device__ __forceinline__ void add_part(float* row, u32 i, float4 gain) {
#if __CUDA_ARCH__ >= 900
    asm volatile("red.relaxed.gpu.global.add.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"((float4*)row + i), "f"(gain.x),
                 "f"(gain.y), "f"(gain.z), "f"(gain.w) : "memory");
#else
    float* at = row + 4 * i;
    atomicAdd(at, gain.x), atomicAdd(at + 1, gain.y), atomicAdd(at + 2, gain.z), atomicAdd(at + 3, gain.w);
#endif
}

__device__ __forceinline__ void add_to(float4& sum, float factor, float4 part) {
    sum.x += factor * part.x, sum.y += factor * part.y, sum.z += factor * part.z, sum.w += factor * part.w;
}

__device__ __forceinline__ float dot(float sum, float4 a, float4 b) {
    return fmaf(a.x, b.x, fmaf(a.y, b.y, fmaf(a.z, b.z, fmaf(a.w, b.w, sum))));
}

// The places of a row that this lane holds: f(p) for part p, which is float4 number `i`.
#define FOR_PARTS(p, i)                                     \
    _Pragma("unroll") for (int p = 0; p < PART; p++)        \
        if (u32 i = lane_index() + p * LANES; (p + 1) * LANES <= QUARTERS || i < QUARTERS)

// A row on its way into the window: asked for, to be stored in its slot. NOBODY: there is none to wait for.
struct Coming {
    u32 slot;
    float4 row[PART];
};

// Token number `walk.entered` comes into the window: it gets a slot, and its row is asked for unless it is there already.
__device__ __forceinline__ Coming call(Warp& warp, Walk& walk, const float* W_in) {
    u32 place = walk.entered % QUEUE, word = warp.word[place];
    bool fresh;
    u32 slot = take_slot(warp, word, fresh);
    if (lane_index() == 0) warp.slot[place] = slot;
    walk.entered += 1;
    __syncwarp();
    Coming coming = {fresh ? slot : NOBODY};
    if (fresh) {
        FOR_PARTS(p, i) coming.row[p] = read_part(W_in + (u64)word * PITCH, i);
    }
    return coming;
}

__device__ __forceinline__ void store(Warp& warp, const Coming& coming) {
    if (coming.slot != NOBODY) {
        FOR_PARTS(p, i) warp.rows[coming.slot][i] = warp.entries[coming.slot][i] = coming.row[p];
    }
    __syncwarp();
}

// A token leaves the window; the last one that uses a row adds to W_in what the row has gained.
__device__ void leave(Warp& warp, u32 token, float* W_in) {
    u32 slot = warp.slot[token % QUEUE];
    u32 uses = warp.slot_uses[slot];
    __syncwarp();
    if (lane_index() == 0) warp.slot_uses[slot] = uses - 1;
    if (uses == 1) {
        float* row = W_in + (u64)warp.slot_word[slot] * PITCH;
        FOR_PARTS(p, i) {
            float4 now = warp.rows[slot][i], then = warp.entries[slot][i];
            add_part(row, i, make_float4(now.x - then.x, now.y - then.y, now.z - then.z, now.w - then.w));
        }
    }
    __syncwarp();
}
