#include <math.h>

#include "levels.h"

/// mean of x and 1 / sqrt(variance + 1e-5).
BODY struct dixie_row_statistics statistics_of(const float *x, size_t width) {
    f32x16 sum = {}, squares = {}, v;
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
    return (struct dixie_row_statistics){mean, scale};
}

BODY void dixie_layer_norm_body(const float *x, const float *gain, const float *bias, float *y,
                                size_t width) {
    struct dixie_row_statistics row = statistics_of(x, width);
    f32x16 v, g, b;
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, 0);
        load(&g, gain + i, width - i, 0);
        load(&b, bias + i, width - i, 0);
        v = (v - row.mean) * row.scale * g + b;
        store(y + i, &v, width - i);
    }
}

DISPATCHED(dixie_layer_norm, (x, gain, bias, y, width), const float *x, const float *gain,
           const float *bias, float *y, size_t width)

BODY void dixie_layer_norm_backward_body(const float *x, const float *gain,
                                         const float *output_gradient, float *input_gradient,
                                         struct dixie_row_statistics *statistics, size_t width) {
    struct dixie_row_statistics row = statistics_of(x, width);
    *statistics = row;
    // With z the normalized row and d the gradient by it, the gradient by x is
    // scale * (d - mean(d) - z * mean(d z)).
    f32x16 v, g, d, sum = {}, product = {};
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, row.mean);
        load(&g, gain + i, width - i, 0);
        load(&d, output_gradient + i, width - i, 0);
        d *= g;
        sum += d;
        product += d * ((v - row.mean) * row.scale);
    }
    float mean = sum_of(&sum) / (float)width;
    float slope = sum_of(&product) / (float)width;
    for (size_t i = 0; i < width; i += 16) {
        f32x16 old;
        load(&v, x + i, width - i, row.mean);
        load(&g, gain + i, width - i, 0);
        load(&d, output_gradient + i, width - i, 0);
        load(&old, input_gradient + i, width - i, 0);
        v = (v - row.mean) * row.scale;
        old += row.scale * (d * g - mean - v * slope);
        store(input_gradient + i, &old, width - i);
    }
}

DISPATCHED(dixie_layer_norm_backward,
           (x, gain, output_gradient, input_gradient, statistics, width), const float *x,
           const float *gain, const float *output_gradient, float *input_gradient,
           struct dixie_row_statistics *statistics, size_t width)

BODY void dixie_layer_norm_parameters_backward_body(const float *x, const float *output_gradient,
                                                    struct dixie_row_statistics statistics,
                                                    float *gain_gradient, float *bias_gradient,
                                                    size_t width) {
    f32x16 v, d, gain, bias;
    for (size_t i = 0; i < width; i += 16) {
        load(&v, x + i, width - i, 0);
        load(&d, output_gradient + i, width - i, 0);
        load(&gain, gain_gradient + i, width - i, 0);
        load(&bias, bias_gradient + i, width - i, 0);
        gain += d * ((v - statistics.mean) * statistics.scale);
        bias += d;
        store(gain_gradient + i, &gain, width - i);
        store(bias_gradient + i, &bias, width - i);
    }
}

DISPATCHED(dixie_layer_norm_parameters_backward,
           (x, output_gradient, statistics, gain_gradient, bias_gradient, width), const float *x,
           const float *output_gradient, struct dixie_row_statistics statistics,
           float *gain_gradient, float *bias_gradient, size_t width)
