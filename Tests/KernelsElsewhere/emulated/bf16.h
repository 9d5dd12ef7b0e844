#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

// The arithmetic of bf16's instructions: products and sums are rounded once, to nearest, and what is
// below the normal numbers is zero, before and after.

static inline float flushed(float x) {
    return fpclassify(x) == FP_SUBNORMAL ? copysignf(0, x) : x;
}

static inline float widened(uint16_t bf16) {
    uint32_t bits = (uint32_t)bf16 << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return flushed(x);
}

static inline float add_product(float sum, uint16_t a, uint16_t b) {
    return flushed(fmaf(widened(a), widened(b), flushed(sum)));
}
