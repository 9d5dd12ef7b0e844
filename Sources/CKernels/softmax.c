#include <math.h>

#include "levels.h"

BODY void dixie_softmax_body(float *x, size_t width, float scale) {
    f32x16 v, highest = (f32x16){} - INFINITY, sum = {};
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, -INFINITY);
        highest = __builtin_elementwise_max(highest, v);
    }
    float max = greatest_of(&highest);
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, -INFINITY);
        v = (v - max) * scale;
        exponential(&v);
        store(x + i, &v, width - i);
        // The lanes behind the row's end hold exp of the lowest argument, not 0: leave them out.
        load(&v, x + i, width - i, 0);
        sum += v;
    }
    float inverse = 1.0f / sum_of(&sum);
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, 0);
        v *= inverse;
        store(x + i, &v, width - i);
    }
}

DISPATCHED(dixie_softmax, (x, width, scale), float *x, size_t width, float scale)

BODY void dixie_softmax_backward_body(const float *p, float *gradient, size_t width, float scale) {
    f32x16 v, d, product = {};
    for (size_t i = 0; i < width; i += 16) {
        load(&v, p + i, width - i, 0);
        load(&d, gradient + i, width - i, 0);
        product += v * d;
    }
    float sum = sum_of(&product);
    for (size_t i = 0; i < width; i += 16) {
        load(&v, p + i, width - i, 0);
        load(&d, gradient + i, width - i, 0);
        d = v * (d - sum) * scale;
        store(gradient + i, &d, width - i);
    }
}

DISPATCHED(dixie_softmax_backward, (p, gradient, width, scale), const float *p, float *gradient,
           size_t width, float scale)
