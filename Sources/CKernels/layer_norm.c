#include <math.h>

#include "levels.h"

BODY void dixie_layer_norm_body(const float *x, const float *gain, const float *bias, float *y,
                                size_t width) {
    f32x16 sum = {}, squares = {}, v, g, b;
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, 0);
        sum += v;
    }
    float mean = sum_of(&sum) / (float)width;
    // A second pass over the row: E[x^2] - mean^2 would lose what matters when the mean is large.
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, mean);
        v -= mean;
        squares += v * v;
    }
    float scale = 1.0f / sqrtf(sum_of(&squares) / (float)width + 1e-5f);
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, 0);
        load(&g, gain + i, width - i, 0);
        load(&b, bias + i, width - i, 0);
        v = (v - mean) * scale * g + b;
        store(y + i, &v, width - i);
    }
}

DISPATCHED(dixie_layer_norm, (x, gain, bias, y, width), const float *x, const float *gain,
           const float *bias, float *y, size_t width)
