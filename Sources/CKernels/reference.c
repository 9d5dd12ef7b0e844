// What each operation means, in plain loops and double precision. Slow on purpose: tests hold the
// fast kernels to these.
#include <math.h>

#include "CKernels.h"

void dixie_layer_norm_reference(const float *x, const float *gain, const float *bias, float *y,
                                size_t width) {
    double mean = 0, variance = 0;
    for (size_t i = 0; i < width; i++) mean += x[i];
    mean /= (double)width;
    for (size_t i = 0; i < width; i++) variance += (x[i] - mean) * (x[i] - mean);
    variance /= (double)width;
    for (size_t i = 0; i < width; i++) {
        y[i] = (float)((x[i] - mean) / sqrt(variance + 1e-5) * gain[i] + bias[i]);
    }
}

void dixie_gelu_reference(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double v = x[i];
        x[i] = (float)(0.5 * v * (1 + tanh(sqrt(2 / M_PI) * (v + 0.044715 * v * v * v))));
    }
}

void dixie_softmax_reference(float *x, size_t width, float scale) {
    double highest = x[0], sum = 0;
    for (size_t i = 1; i < width; i++) highest = fmax(highest, x[i]);
    for (size_t i = 0; i < width; i++) sum += exp(scale * (x[i] - highest));
    for (size_t i = 0; i < width; i++) x[i] = (float)(exp(scale * (x[i] - highest)) / sum);
}
