// Skip-gram and CBOW with negative sampling on a GPU: the compiled form of wordvec/kernels/reference.py, block = 1.
//
// One warp walks one chunk of positions at a time, centre by centre, in corpus order. The rows of W_in of the words in
// its window stay in shared memory for as long as they are in the window; what they have gained is added to W_in when
// they leave it. The rows of W_out of a centre and its negatives are read once, held in registers, and what they gain
// is added at once. All additions are atomic, so warps that share a word lose nothing; they only see each other late.
// A single warp sees everything in time, and computes what the layers compute.
//
// gpu.py puts gpu_examples.cu and gpu_rows.cu before this file and sets these compile-time constants:
//   PITCH      floats from one row to the next, a multiple of 4; columns beyond the dimension are zero
//   WINDOW     largest number of contexts on each side      SHRINK   1: each centre draws its own from 1 .. WINDOW
//   NEGATIVES  draws for each centre                        TILE     outputs held in registers at a time
//   CBOW       0: skip-gram, 1: CBOW                        DIVIDE   CBOW: 1: each context gets dh / count, 0: dh
//   QUEUE      room for kept tokens, a power of two         WARP_BYTES   shared memory of a warp
//   LANES      32; the tests, which run this file on a CPU, take other powers of two too

// One group of a centre's outputs: their rows and what they gain, in registers.
struct Outputs {
    float4 rows[TILE][PART], gains[TILE][PART];
    u32 words[TILE];
    float times[TILE];
};

__device__ __forceinline__ void load_outputs(
    Outputs& outputs, const Warp& warp, u32 place, int group, const float* W_out
) {
#pragma unroll
    for (int j = 0; j < TILE; j++) {
        int number = group * TILE + j;
        outputs.words[j] = number == 0 ? warp.word[place] : number < OUTPUTS ? warp.negative[place][number - 1] : NOBODY;
        outputs.times[j] = number == 0 ? 1.0f : number < OUTPUTS ? (float)warp.times[place][number - 1] : 0.0f;
#pragma unroll
        for (int p = 0; p < PART; p++) outputs.rows[j][p] = outputs.gains[j][p] = make_float4(0, 0, 0, 0);
        if (outputs.words[j] != NOBODY) {
            FOR_PARTS(p, i) outputs.rows[j][p] = read_part(W_out + (u64)outputs.words[j] * PITCH, i);
        }
    }
}

__device__ __forceinline__ void add_outputs(const Outputs& outputs, float* W_out) {
#pragma unroll
    for (int j = 0; j < TILE; j++)
        if (outputs.words[j] != NOBODY) {
            FOR_PARTS(p, i) add_part(W_out + (u64)outputs.words[j] * PITCH, i, outputs.gains[j][p]);
        }
}

// Sums over the lanes of TILE values at once: halves of the lanes exchange halves of the values, so that POWER sums
// cost POWER - 1 shuffles and a few, not 5 each. At the end lane l holds the sums of values l % OWNERS * OWNED + v.
__device__ constexpr int power_of_two(int least) { return least <= 1 ? 1 : 2 * power_of_two((least + 1) / 2); }
constexpr int POWER = power_of_two(TILE);
constexpr int OWNERS = POWER < LANES ? POWER : LANES, OWNED = POWER / OWNERS;

__device__ __forceinline__ void sum_over_lanes(float (&values)[POWER]) {
#pragma unroll
    for (int half = POWER / 2; half >= OWNED; half /= 2) {
        bool upper = lane_index() & (half / OWNED);
#pragma unroll
        for (int v = 0; v < half; v++) {
            float sent = upper ? values[v] : values[v + half], kept = upper ? values[v + half] : values[v];
            values[v] = kept + __shfl_xor_sync(~0u, sent, half / OWNED);
        }
        if (half == 1) break;
    }
#pragma unroll
    for (int step = OWNERS; step < LANES; step *= 2) {
#pragma unroll
        for (int v = 0; v < OWNED; v++) values[v] += __shfl_xor_sync(~0u, values[v], step);
    }
}

// The step -rate dL/ds for the score s of one hidden vector with each output of a group; the same in all lanes.
// L = -log sigmoid(s) for the centre (number 0), -log sigmoid(-s) for a negative (Mikolov et al. 2013b, eq. 4).
__device__ __forceinline__ void score(
    float (&steps)[TILE], const Outputs& outputs, const float4 (&hidden)[PART], int group, float rate, float& loss
) {
    float sums[POWER], owned_steps[OWNED], lane_loss = 0;
#pragma unroll
    for (int j = 0; j < POWER; j++) {
        sums[j] = 0;
#pragma unroll
        for (int p = 0; p < PART; p++)
            if (j < TILE) sums[j] = dot(sums[j], hidden[p], outputs.rows[j < TILE ? j : 0][p]);
    }
    sum_over_lanes(sums);
#pragma unroll
    for (int v = 0; v < OWNED; v++) {
        int mine = lane_index() % OWNERS * OWNED + v;
        float times = 0;
#pragma unroll
        for (int j = 0; j < TILE; j++) times = mine == j ? outputs.times[j] : times;
        bool positive = group * TILE + mine == 0;
        float wrong = positive ? -sums[v] : sums[v];  // L = log(1 + exp(wrong)), and its derivative sigmoid(wrong)
        float e = __expf(-fabsf(wrong)), share = 1 / (1 + e);
        owned_steps[v] = (wrong > 0 ? share : 1 - share) * times * (positive ? rate : -rate);
        lane_loss += times * (fmaxf(wrong, 0.0f) + __logf(1 + e));
    }
    if (lane_index() < OWNERS) loss += lane_loss;
#pragma unroll
    for (int j = 0; j < TILE; j++) steps[j] = __shfl_sync(~0u, owned_steps[j % OWNED], j / OWNED);
}

__device__ __forceinline__ void read_slot(float4 (&hidden)[PART], const Warp& warp, u32 slot) {
#pragma unroll
    for (int p = 0; p < PART; p++) hidden[p] = make_float4(0, 0, 0, 0);
    FOR_PARTS(p, i) hidden[p] = warp.rows[slot][i];
}

// Every context's row meets every output; all scores are of the rows as they were before this centre.
__device__ float train_skipgram(Warp& warp, u32 place, u32 listed, float* W_out) {
    float loss = 0, rate = warp.rate[place];
    Outputs outputs;
    for (int group = 0; group < GROUPS; group++) {
        load_outputs(outputs, warp, place, group, W_out);
        for (u32 k = 0; k < listed; k++) {
            u32 slot = warp.context_slot[k];
            float times = warp.context_times[k], context_loss = 0, steps[TILE];
            float4 hidden[PART], gain[PART];
            read_slot(hidden, warp, slot);
            score(steps, outputs, hidden, group, times * rate, context_loss);
            loss += times * context_loss;
#pragma unroll
            for (int p = 0; p < PART; p++) {
                gain[p] = make_float4(0, 0, 0, 0);
#pragma unroll
                for (int j = 0; j < TILE; j++) {
                    add_to(gain[p], steps[j], outputs.rows[j][p]);
                    add_to(outputs.gains[j][p], steps[j], hidden[p]);
                }
            }
            FOR_PARTS(p, i) {
#if GROUPS > 1
                if (group > 0) add_to(gain[p], 1.0f, warp.steps[k][i]);
                warp.steps[k][i] = gain[p];
                if (group < GROUPS - 1) continue;
#endif
                add_to(hidden[p], 1.0f, gain[p]);
                warp.rows[slot][i] = hidden[p];
            }
        }
        add_outputs(outputs, W_out);
    }
    return loss;
}

// The mean of the contexts' rows meets every output.
__device__ float train_cbow(Warp& warp, u32 place, u32 listed, u32 contexts, float* W_out) {
    float loss = 0, rate = warp.rate[place];
    float4 hidden[PART], row[PART], gain[PART];
#pragma unroll
    for (int p = 0; p < PART; p++) hidden[p] = gain[p] = make_float4(0, 0, 0, 0);
    for (u32 k = 0; k < listed; k++) {
        read_slot(row, warp, warp.context_slot[k]);
#pragma unroll
        for (int p = 0; p < PART; p++) add_to(hidden[p], (float)warp.context_times[k] / contexts, row[p]);
    }
    Outputs outputs;
    for (int group = 0; group < GROUPS; group++) {
        float steps[TILE];
        load_outputs(outputs, warp, place, group, W_out);
        score(steps, outputs, hidden, group, rate, loss);
#pragma unroll
        for (int p = 0; p < PART; p++)
#pragma unroll
            for (int j = 0; j < TILE; j++) {
                add_to(gain[p], steps[j], outputs.rows[j][p]);
                add_to(outputs.gains[j][p], steps[j], hidden[p]);
            }
        add_outputs(outputs, W_out);
    }
    for (u32 k = 0; k < listed; k++) {
        float share = DIVIDE ? (float)warp.context_times[k] / contexts : (float)warp.context_times[k];
        FOR_PARTS(p, i) add_to(warp.rows[warp.context_slot[k]][i], share, gain[p]);
    }
    return loss;
}

// How many terms the centre's loss has for one hidden vector: the centre and its negatives, repeated ones counted.
__device__ __forceinline__ u32 count_outputs(const Warp& warp, u32 place) {
    u32 outputs = 1;
    for (u32 j = 0; j < NEGATIVES; j++) outputs += warp.times[place][j];
    return outputs;
}

// One chunk: the centres in text.tokens[begin .. end - 1]. Adds to `result` (losses of single lanes, counts of all).
__device__ void train_chunk(
    Warp& warp, const Text& text, const Sampling& sampling, const Schedule& schedule, u32 begin, u32 end, float* W_in,
    float* W_out, Result& result
) {
    Walk walk = {left_margin(text, sampling, begin), 0, 0, 0};
    for (u32 centre = 0;; centre++) {
        while (walk.kept <= centre + WINDOW && walk.cursor < text.length)
            fill(warp, walk, text, sampling, schedule, begin, end);
        u32 place = centre % QUEUE;
        if (centre >= walk.kept || warp.offset[place] >= end) {
            for (u32 token = centre > WINDOW ? centre - WINDOW : 0; token < walk.entered; token++)
                leave(warp, token, W_in);
            return;
        }
        while (walk.entered < walk.kept && walk.entered <= centre + WINDOW) enter(warp, walk, W_in);
        if (warp.offset[place] >= begin) {
            u32 contexts, listed = list_contexts(warp, walk, centre, contexts);
            if (contexts) {
                u32 hidden_vectors = CBOW ? 1 : contexts;
                result.loss += CBOW ? train_cbow(warp, place, listed, contexts, W_out)
                                    : train_skipgram(warp, place, listed, W_out);
                result.predictions += hidden_vectors;
                result.terms += (u64)hidden_vectors * count_outputs(warp, place);
                result.centres += 1;
            }
            __syncwarp();
        }
        if (centre >= WINDOW) leave(warp, centre - WINDOW, W_in);
    }
}

extern "C" __global__ void __launch_bounds__(LANES, 1) train(
    const u32* tokens, u64 origin, u32 length, u32 first, u32 last, const u64* keep_thresholds,
    const u64* negative_table, u64 words, u64 epoch_key, double positions_before, double positions_of_all,
    double learning_rate, u32 block, u32 chunk, float* W_in, float* W_out, u32* next_chunk, Result* results
) {
    extern __shared__ float4 memory[];
    Warp& warp = *reinterpret_cast<Warp*>(memory);
    Text text = {tokens, origin, length, first, last};
    Sampling sampling = {keep_thresholds, negative_table, words, epoch_key};
    Schedule schedule = {positions_before, positions_of_all, learning_rate, block, chunk};
    Result result = {0, 0, 0, 0};
    for (u32 s = lane_index(); s < SLOTS; s += LANES) warp.slot_uses[s] = 0;
    __syncwarp();
    for (;;) {
        u32 number = 0;
        if (lane_index() == 0) number = atomicAdd(next_chunk, 1u);
        u64 begin = first + (u64)__shfl_sync(~0u, number, 0) * chunk;
        if (begin >= last) break;
        u32 end = (u32)min(begin + chunk, (u64)last);
        train_chunk(warp, text, sampling, schedule, (u32)begin, end, W_in, W_out, result);
    }
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) result.loss += __shfl_xor_sync(~0u, result.loss, step);
    if (lane_index() == 0) results[blockIdx.x] = result;
}
