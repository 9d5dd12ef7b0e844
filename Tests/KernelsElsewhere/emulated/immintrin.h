#pragma once
// Stands before the compiler's own header of this name where the kernels above AVX2 run on a machine
// that lacks their instructions: AVX-512 is SIMDe's, which makes it of AVX2; what SIMDe has not, or
// does in another order, is here, and AMX in `amx.h`.

#include_next <immintrin.h>

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

#include "amx.h"
#include "bf16.h"

static inline __m512i emulated_cvtepu8_epi32(__m128i bytes) {
    uint8_t narrow[16];
    int32_t wide[16];
    memcpy(narrow, &bytes, sizeof narrow);
    for (int i = 0; i < 16; i++) wide[i] = narrow[i];
    return _mm512_loadu_si512(wide);
}
#undef _mm512_cvtepu8_epi32
#define _mm512_cvtepu8_epi32 emulated_cvtepu8_epi32

/// VDPBF16PS: of each pair first the second, then the first.
static inline __m512 emulated_dpbf16_ps(__m512 sums, const void *a, const void *b) {
    float sum[16];
    uint16_t first[32], second[32];
    memcpy(sum, &sums, sizeof sum);
    memcpy(first, a, sizeof first);
    memcpy(second, b, sizeof second);
    for (int i = 0; i < 16; i++) {
        sum[i] = add_product(sum[i], first[2 * i + 1], second[2 * i + 1]);
        sum[i] = add_product(sum[i], first[2 * i], second[2 * i]);
    }
    return _mm512_loadu_ps(sum);
}
#undef _mm512_dpbf16_ps
#define _mm512_dpbf16_ps(sums, a, b) emulated_dpbf16_ps(sums, &(a), &(b))
