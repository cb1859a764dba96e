// Skip-gram and CBOW with negative sampling on a GPU: the compiled form of wordvec/kernels/reference.py, block = 1. There a
// step is one example: a centre, or for skip-gram a group of at most GROUP of its contexts.
//
// One warp walks one chunk of positions at a time, centre by centre, in corpus order. It reads the rows of W_out for a
// centre and its negatives once and holds them in registers while it goes through the rows of W_in for all contexts;
// the updates are added to W_in and W_out at once, atomically. So warps that share a word lose nothing; they only see
// each other's updates late, by no more than one centre. A single warp computes what the layers compute.
//
// Rows of a window are read again for each of its centres, though a warp could keep them while they are in the window:
// other warps would then see updates so late that with more than a hundred warps training suffers, and the second-level
// cache, where the rows are found, has more bandwidth than so few warps can use.
//
// gpu.py puts gpu_examples.cu and gpu_rows.cu before this file; gpu_inputs.py sets these compile-time constants:
//   PITCH      floats from one row to the next, a multiple of 4; columns beyond the dimension are zero
//   WINDOW     largest number of contexts on each side      SHRINK   1: each centre draws its own from 1 .. WINDOW
//   REACH      the same, or less if no sentence is that long      GROUP   contexts of one example at most
//   MEETINGS   how often a CBOW window may repeat its words before their gradient is cut; COUNTERS   classes of words
//   NEGATIVES  draws per centre                             TILE     outputs held in registers at a time
//   CBOW       0: skip-gram, 1: CBOW                        DIVIDE   CBOW: 1: each context gets dh / count, 0: dh
//   QUEUE      places for kept tokens, a power of two       WARP_BYTES   shared memory of a warp
//   LANES      32; the tests, which run this file on a CPU, take other powers of two too

// One group of a centre's outputs: their rows and their updates, in registers.
struct Outputs {
    float4 rows[TILE][PART], gains[TILE][PART];
    u32 words[TILE];
};

// How often output `number` of a centre was drawn: 1 for the centre itself (number 0), 0 where there is none.
__device__ __forceinline__ u32 output_times(const Warp& warp, u32 place, u32 number) {
    return number == 0 ? 1 : number < OUTPUTS ? warp.times[place][number - 1] : 0;
}

__device__ __forceinline__ void load_outputs(
    Outputs& outputs, const Warp& warp, u32 place, int group, const float* W_out
) {
#pragma unroll
    for (int j = 0; j < TILE; j++) {
        int number = group * TILE + j;
        outputs.words[j] = number == 0 ? warp.word[place] : number < OUTPUTS ? warp.negative[place][number - 1] : NOBODY;
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

// Hidden vectors processed with a group of outputs at a time. While one waits for shuffles and exponentials another
// continues, so several at once take hardly longer than one, as far as the registers reach.
__device__ constexpr int hidden_vectors(int part) { return CBOW || part > 2 ? 1 : part == 2 || TILE > 8 ? 2 : 4; }
constexpr int HIDDEN = hidden_vectors(PART);

// Sums over the lanes of HIDDEN * TILE values at once: halves of the lanes exchange halves of the values, so that POWER
// sums cost POWER - 1 shuffles, not 5 each. At the end lane l holds those of values l % OWNERS * OWNED + v.
__device__ constexpr int power_of_two(int least) { return least <= 1 ? 1 : 2 * power_of_two((least + 1) / 2); }
constexpr int POWER = power_of_two(HIDDEN * TILE);
constexpr int OWNERS = POWER < LANES ? POWER : LANES, OWNED = POWER / OWNERS;

template <int HALF>
__device__ __forceinline__ void exchange_halves(float (&values)[POWER]) {
    if constexpr (HALF > 0 && HALF >= OWNED) {
        bool upper = lane_index() & (HALF / OWNED);
#pragma unroll
        for (int v = 0; v < HALF; v++) {
            float sent = upper ? values[v] : values[v + HALF], kept = upper ? values[v + HALF] : values[v];
            values[v] = kept + __shfl_xor_sync(~0u, sent, HALF / OWNED);
        }
        exchange_halves<HALF / 2>(values);
    }
}

__device__ __forceinline__ void sum_over_lanes(float (&values)[POWER]) {
    exchange_halves<POWER / 2>(values);
#pragma unroll
    for (int step = OWNERS; step < LANES; step *= 2) {
#pragma unroll
        for (int v = 0; v < OWNED; v++) values[v] += __shfl_xor_sync(~0u, values[v], step);
    }
}

// For several hidden vectors and a group of outputs: for each score s the step -rate dL/ds, times how often that pair
// occurs, the same in all lanes. Context k of the list is hidden[0]; those from `listed` on are absent.
// L = -log sigmoid(s) for the centre (number 0), -log sigmoid(-s) for a negative (Mikolov et al. 2013b, eq. 4).
__device__ __forceinline__ float score(
    float (&steps)[HIDDEN][TILE], const Outputs& outputs, const float4 (&hidden)[HIDDEN][PART], const Warp& warp,
    u32 place, int group, u32 k, u32 listed
) {
    float sums[POWER], owned_steps[OWNED], loss = 0, rate = warp.rate[place];
#pragma unroll
    for (int v = 0; v < POWER; v++) {
        constexpr int last = HIDDEN * TILE - 1;
        int h = (v < last ? v : last) / TILE, j = (v < last ? v : last) % TILE;
        sums[v] = 0;
#pragma unroll
        for (int p = 0; p < PART; p++) sums[v] = dot(sums[v], hidden[h][p], outputs.rows[j][p]);
    }
    sum_over_lanes(sums);
#pragma unroll
    for (int v = 0; v < OWNED; v++) {
        u32 mine = lane_index() % OWNERS * OWNED + v, h = mine / TILE, number = group * TILE + mine % TILE;
        bool there = h < HIDDEN && k + h < listed, positive = number == 0;
        float copies = !there ? 0 : CBOW ? 1 : warp.context_times[k + h];
        float times = there ? copies * output_times(warp, place, number) : 0;
        float wrong = positive ? -sums[v] : sums[v];  // L = log(1 + exp(wrong)), and its derivative sigmoid(wrong)
        float e = __expf(-fabsf(wrong)), share = 1 / (1 + e);
        owned_steps[v] = (wrong > 0 ? share : 1 - share) * times * (positive ? rate : -rate);
        if (lane_index() < OWNERS) loss += times * (fmaxf(wrong, 0.0f) + __logf(1 + e));
    }
#pragma unroll
    for (int v = 0; v < HIDDEN * TILE; v++)
        steps[v / TILE][v % TILE] = __shfl_sync(~0u, owned_steps[v % OWNED], v / OWNED);
    return loss;
}

// The rows of W_in for contexts k, k + 1, ... of the list; zeros from `listed` on.
__device__ __forceinline__ void load_contexts(
    float4 (&hidden)[HIDDEN][PART], const Warp& warp, u32 k, u32 listed, const float* W_in
) {
#pragma unroll
    for (u32 h = 0; h < HIDDEN; h++) {
#pragma unroll
        for (int p = 0; p < PART; p++) hidden[h][p] = make_float4(0, 0, 0, 0);
        if (k + h < listed) {
            FOR_PARTS(p, i) hidden[h][p] = read_part(W_in + (u64)warp.context_word[k + h] * PITCH, i);
        }
    }
}

// Update a hidden vector and the outputs, each from the other's old values.
__device__ __forceinline__ void exchange(
    float4 (&gain)[PART], Outputs& outputs, const float (&steps)[TILE], const float4 (&hidden)[PART]
) {
#pragma unroll
    for (int p = 0; p < PART; p++)
#pragma unroll
        for (int j = 0; j < TILE; j++) {
            add_to(gain[p], steps[j], outputs.rows[j][p]);
            add_to(outputs.gains[j][p], steps[j], hidden[p]);
        }
}

// Train every context's row with every output; all scores are of the rows as they were before this example.
// `outputs` holds the first group's. Returns this lane's share of the loss.
__device__ __forceinline__ float train_skipgram(
    Warp& warp, Outputs& outputs, u32 place, u32 listed, float* W_in, float* W_out
) {
    float loss = 0;
    for (int group = 0; group < GROUPS; group++) {
        if (group > 0) load_outputs(outputs, warp, place, group, W_out);
        float4 following[HIDDEN][PART];
        load_contexts(following, warp, 0, listed, W_in);
        for (u32 k = 0; k < listed; k += HIDDEN) {
            float4 hidden[HIDDEN][PART];
            float steps[HIDDEN][TILE];
#pragma unroll
            for (u32 h = 0; h < HIDDEN; h++)
#pragma unroll
                for (int p = 0; p < PART; p++) hidden[h][p] = following[h][p];
            load_contexts(following, warp, k + HIDDEN, listed, W_in);  // loading while these are processed
            loss += score(steps, outputs, hidden, warp, place, group, k, listed);
#pragma unroll
            for (u32 h = 0; h < HIDDEN; h++) {
                float4 gain[PART];
#pragma unroll
                for (int p = 0; p < PART; p++) gain[p] = make_float4(0, 0, 0, 0);
                exchange(gain, outputs, steps[h], hidden[h]);
                if (k + h < listed) {
                    FOR_PARTS(p, i) {
#if GROUPS > 1
                        if (group > 0) add_to(gain[p], 1.0f, warp.gains[k + h][i]);
                        warp.gains[k + h][i] = gain[p];
                        if (group < GROUPS - 1) continue;
#endif
                        add_part(W_in + (u64)warp.context_word[k + h] * PITCH, i, gain[p]);
                    }
                }
            }
        }
        add_outputs(outputs, W_out);
    }
    return loss;
}

// Train the mean of the contexts' rows with every output; otherwise as in train_skipgram.
__device__ __forceinline__ float train_cbow(
    Warp& warp, Outputs& outputs, u32 place, u32 listed, u32 contexts, float* W_in, float* W_out
) {
    float loss = 0;
    float4 mean[HIDDEN][PART], gain[PART];
#pragma unroll
    for (int p = 0; p < PART; p++) mean[0][p] = gain[p] = make_float4(0, 0, 0, 0);
#pragma unroll 4
    for (u32 k = 0; k < listed; k++) {
        float share = (float)warp.context_times[k] / contexts;
        FOR_PARTS(p, i) add_to(mean[0][p], share, read_part(W_in + (u64)warp.context_word[k] * PITCH, i));
    }
    for (int group = 0; group < GROUPS; group++) {
        float steps[HIDDEN][TILE];
        if (group > 0) load_outputs(outputs, warp, place, group, W_out);
        loss += score(steps, outputs, mean, warp, place, group, 0, 1);
        exchange(gain, outputs, steps[0], mean[0]);
        add_outputs(outputs, W_out);
    }
    float cut = DIVIDE ? 1 : share_of_repeats(warp, listed, contexts);
    for (u32 k = 0; k < listed; k++) {
        float share = DIVIDE ? (float)warp.context_times[k] / contexts : cut * warp.context_times[k];
        FOR_PARTS(p, i) {
            float4 part = make_float4(0, 0, 0, 0);
            add_to(part, share, gain[p]);
            add_part(W_in + (u64)warp.context_word[k] * PITCH, i, part);
        }
    }
    return loss;
}

// How many terms the centre's loss has for one hidden vector: the centre and its negatives, repeated ones counted.
__device__ __forceinline__ u32 count_outputs(const Warp& warp, u32 place) {
    u32 outputs = 0;
    for (u32 number = 0; number < OUTPUTS; number++) outputs += output_times(warp, place, number);
    return outputs;
}

// A centre's examples in turn, each from rows that the ones before have updated. Returns this lane's share of the loss.
// `outputs` holds the first group's. low .. high - 1 are the tokens of the window.
__device__ float train_centre(Warp& warp, Outputs& outputs, u32 centre, u32 low, u32 high, float* W_in, float* W_out) {
    u32 place = centre % QUEUE, contexts = high - low - 1;
    if (CBOW) return train_cbow(warp, outputs, place, list_contexts(warp, low, high, centre), contexts, W_in, W_out);
    float loss = 0;
    u32 examples = (contexts + GROUP - 1) / GROUP, fill = (contexts + examples - 1) / examples;
    for (u32 first = 0; first < contexts; first += fill) {
        u32 last = min(first + fill, contexts);  // contexts first .. last - 1 are the tokens begin .. end - 1
        u32 begin = low + first + (low + first >= centre), end = low + last + (low + last > centre);
        if (first > 0) load_outputs(outputs, warp, place, 0, W_out);
        u32 listed = list_contexts(warp, begin, end, centre);
        loss += train_skipgram(warp, outputs, place, listed, W_in, W_out);
        __syncwarp();
    }
    return loss;
}

// One chunk: the centres in text.tokens[begin .. end - 1]. Adds to `result` (losses of single lanes, counts of all).
__device__ void train_chunk(
    Warp& warp, const Text& text, const Sampling& sampling, const Schedule& schedule, u32 begin, u32 end, float* W_in,
    float* W_out, Result& result
) {
    Walk walk = {left_margin(text, sampling, begin), 0, 0};
    for (u32 centre = 0;; centre++) {
        while (walk.kept <= centre + REACH && walk.cursor < text.length)
            fill(warp, walk, text, sampling, schedule, begin, end);
        u32 place = centre % QUEUE, low, high;
        if (centre >= walk.kept || warp.offset[place] >= end) return;
        if (warp.offset[place] < begin) continue;
        Outputs outputs;
        load_outputs(outputs, warp, place, 0, W_out);  // loading while the contexts are listed
        find_window(warp, walk, centre, low, high);
        if (high - low > 1) {
            u32 predictions = CBOW ? 1 : high - low - 1;
            result.loss += train_centre(warp, outputs, centre, low, high, W_in, W_out);
            result.predictions += predictions;
            result.terms += (u64)predictions * count_outputs(warp, place);
            result.centres += 1;
        }
        __syncwarp();
    }
}

extern "C" __global__ void __launch_bounds__(LANES, 1) train(
    const u32* tokens, u64 origin, u32 length, u32 first, u32 last, const u64* keep_thresholds,
    const u64* negative_table, u64 words, u64 epoch_key, double positions_before, double positions_of_all,
    double learning_rate, u32 block, u32 chunk, float* W_in, float* W_out, u32* next_chunk, Result* results
) {
    extern __shared__ float4 memory[];
    Warp& warp = *reinterpret_cast<Warp*>(memory);
    Text text = {tokens, origin, length};
    Sampling sampling = {keep_thresholds, negative_table, words, epoch_key};
    Schedule schedule = {positions_before, positions_of_all, learning_rate, block};
    Result result = {0, 0, 0, 0};
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
