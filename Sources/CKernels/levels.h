#pragma once
#include <stdint.h>
#include <string.h>

#include "CKernels.h"

// One body, compiled once for each instruction set. Bodies work on vectors of 16 floats, which the
// compiler splits into the registers that the set has, so every level adds in the same order.

typedef float f32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));

#define BODY static inline __attribute__((always_inline))

/// A short loop whose steps all stand one after another.
#define UNROLLED _Pragma("clang loop unroll(full)")

/// Some steps of a long loop in one turn: with fewer instructions around them a step goes faster even
/// where they are hidden, as two threads of a core share what decodes them.
#define UNROLLED_BY(steps) PRAGMA(clang loop unroll_count(steps))
#define PRAGMA(text) _Pragma(#text)

#if defined(DIXIE_EMULATED)
// Functions in C stand for the instructions; see scripts/check_kernels_elsewhere.sh.
#define TARGET(sets)
#elif defined(__x86_64__)
#define TARGET(sets) __attribute__((target(sets)))
#else
#define TARGET(sets)
#endif

#define TARGET_AVX2 TARGET("avx2,fma")
#define TARGET_AVX512 TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#define TARGET_VNNI TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")
#define TARGET_BF16 TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma")
#define TARGET_AMX                                                                 \
    TARGET("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,avx2,fma,"    \
           "amx-tile,amx-int8,amx-bf16")

/// Defines `name(level, ...)`, which calls `name_body` as compiled for that level.
#if defined(__x86_64__)
#define DISPATCHED(name, arguments, ...)                                        \
    static void name##_portable(__VA_ARGS__) { name##_body arguments; }         \
    TARGET_AVX2 static void name##_avx2(__VA_ARGS__) { name##_body arguments; } \
    TARGET_AVX512 static void name##_avx512(__VA_ARGS__) {                      \
        name##_body arguments;                                                  \
    }                                                                           \
    void name(enum dixie_level level, __VA_ARGS__) {                            \
        if (level >= dixie_level_avx512) return name##_avx512 arguments;        \
        if (level >= dixie_level_avx2) return name##_avx2 arguments;            \
        name##_portable arguments;                                              \
    }
#else
// Vectors are NEON on ARM as they are.
#define DISPATCHED(name, arguments, ...)           \
    void name(enum dixie_level level, __VA_ARGS__) { \
        (void)level;                               \
        name##_body arguments;                     \
    }
#endif

/// Loads 16 floats, or what is left of them with `filler` behind.
BODY void load(f32x16 *vector, const float *x, size_t left, float filler) {
    if (left >= 16) {
        memcpy(vector, x, 64);
        return;
    }
    *vector = (f32x16){} + filler;
    memcpy(vector, x, left * sizeof(float));
}

BODY void store(float *x, const f32x16 *vector, size_t left) {
    memcpy(x, vector, left >= 16 ? 64 : left * sizeof(float));
}

/// The numbers from `first` on, moved down to the beginning.
#define FROM(vector, first)                                                                       \
    __builtin_shufflevector(vector, vector, first, first + 1, first + 2, first + 3, first + 4,    \
                            first + 5, first + 6, first + 7, -1, -1, -1, -1, -1, -1, -1, -1)

/// The sum of the 16, always in the same tree.
BODY float sum_of(const f32x16 *vector) {
    f32x16 v = *vector;
    v += FROM(v, 8);
    v += FROM(v, 4);
    v += FROM(v, 2);
    v += FROM(v, 1);
    return v[0];
}

/// The greatest of the 16.
BODY float greatest_of(const f32x16 *vector) {
    f32x16 v = *vector;
    v = __builtin_elementwise_max(v, FROM(v, 8));
    v = __builtin_elementwise_max(v, FROM(v, 4));
    v = __builtin_elementwise_max(v, FROM(v, 2));
    v = __builtin_elementwise_max(v, FROM(v, 1));
    return v[0];
}

/// exp(x) within 2 units in the last place; below -87 the smallest normal number, above 88 the
/// largest power in range.
BODY void exponential(f32x16 *vector) {
    f32x16 x = *vector;
    x = __builtin_elementwise_max(x, (f32x16){} - 87.0f);
    x = __builtin_elementwise_min(x, (f32x16){} + 88.0f);
    // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
    const f32x16 magic = (f32x16){} + 12582912.0f;
    f32x16 shifted = x * 1.44269504f + magic;
    f32x16 n = shifted - magic;
    // ln 2 in two parts, so that the product with n is exact enough.
    f32x16 r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    f32x16 p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    i32x16 exponent = ((i32x16)shifted - (i32x16)magic) << 23;
    *vector = (f32x16)((i32x16)p + exponent);
}
