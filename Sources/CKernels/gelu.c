#include "levels.h"

/// 1 + exp(-2u), where u is what GPT-2's GELU gives to tanh: 0.5 (1 + tanh u) is 1 over it, and this
/// way nothing is lost where tanh nears -1.
BODY void gate(const f32x16 *x, f32x16 *result) {
    f32x16 v = *x;
    f32x16 e = v * (1.0f + 0.044715f * v * v) * -1.59576912f;
    exponential(&e);
    *result = 1.0f + e;
}

BODY void dixie_gelu_apart_body(const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v, g;
        load(&v, x + i, count - i, 0);
        gate(&v, &g);
        v = v / g;
        store(y + i, &v, count - i);
    }
}

DISPATCHED(dixie_gelu_apart, (x, y, count), const float *x, float *y, size_t count)

BODY void dixie_gelu_body(float *x, size_t count) { dixie_gelu_apart_body(x, x, count); }

DISPATCHED(dixie_gelu, (x, count), float *x, size_t count)

BODY void dixie_gelu_backward_body(const float *x, float *gradient, size_t count) {
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v, g, d;
        load(&v, x + i, count - i, 0);
        load(&d, gradient + i, count - i, 0);
        gate(&v, &g);
        g = 1.0f / g;
        // Beyond 16 the slope is 0 or 1, and a square that is infinite would make it neither.
        f32x16 square = __builtin_elementwise_min(v * v, (f32x16){} + 256.0f);
        // x g(x), where g = sigmoid(2u), has the slope g + x g (1 - g) 2u'.
        d *= g + v * g * (1.0f - g) * (1.59576912f + 3.0f * 0.0713548162f * square);
        store(gradient + i, &d, count - i);
    }
}

DISPATCHED(dixie_gelu_backward, (x, gradient, count), const float *x, float *gradient,
           size_t count)
