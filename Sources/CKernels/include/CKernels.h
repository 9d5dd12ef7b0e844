#pragma once
#include <stddef.h>

/// The instruction sets a kernel may use, from least to most.
enum dixie_level {
    dixie_level_portable = 0,
    dixie_level_avx2 = 1,
    dixie_level_avx512 = 2,
};

/// The best set this machine has, read once. The environment variable DIXIE_CPU forces a lower one:
/// "portable", "avx2" or "avx512".
enum dixie_level dixie_cpu_level(void);

/// Tells the processor that this thread is waiting in a loop.
static inline void dixie_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Every operation stands twice: `dixie_X` runs the best code for the level given, and
// `dixie_X_reference` is the plain loop in double precision that says what the result should be.

/// y[i] = (x[i] - mean) / sqrt(variance + 1e-5) * gain[i] + bias[i], over one row of `width`.
void dixie_layer_norm(enum dixie_level level, const float *x, const float *gain, const float *bias,
                      float *y, size_t width);
void dixie_layer_norm_reference(const float *x, const float *gain, const float *bias, float *y,
                                size_t width);

/// x[i] = 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), GPT-2's form of the GELU, in place.
void dixie_gelu(enum dixie_level level, float *x, size_t count);
void dixie_gelu_reference(float *x, size_t count);

/// x[i] = exp(scale * (x[i] - max)) / sum, over one row of `width`, in place.
void dixie_softmax(enum dixie_level level, float *x, size_t width, float scale);
void dixie_softmax_reference(float *x, size_t width, float scale);

/// y[i] += x[i].
void dixie_add(enum dixie_level level, const float *x, float *y, size_t count);
