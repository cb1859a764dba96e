// The second part of the GPU kernel (see gpu.cu): rows of W_in and W_out, divided between lanes.

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
