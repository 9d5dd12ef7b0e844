#pragma once
#include <stddef.h>

/// The instruction sets a kernel may use, from least to most; each has those before it of the same
/// processors. Those of x86-64 come after those of ARM, so that none of ARM reaches one of them.
enum dixie_level {
    dixie_level_portable = 0,
    // On 64-bit ARM.
    dixie_level_neon = 1,      // NEON, as all of them have it
    dixie_level_neon_dot = 2,  // and its products of whole numbers, four at a time
    // On x86-64.
    dixie_level_avx2 = 3,         // AVX2 and FMA
    dixie_level_avx512 = 4,       // AVX-512 F, BW, DQ and VL
    dixie_level_avx512_vnni = 5,  // products of whole numbers
    dixie_level_avx512_bf16 = 6,  // and of bf16
    dixie_level_amx = 7,          // and both in tiles, where the system lets this process
};

/// The best set this machine has, read once. The environment variable DIXIE_CPU forces a lower one,
/// by its name above without "dixie_level_".
enum dixie_level dixie_cpu_level(void);

/// A level's name as DIXIE_CPU has it; null for one of other processors than this machine's.
const char *dixie_level_name(enum dixie_level level);

/// Tells the processor that this thread is waiting in a loop.
static inline void dixie_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Every operation of a model's forward pass stands twice: `dixie_X` runs the best code for the level
// given, and `dixie_X_reference` is the plain loop in double precision that says what the result
// should be. Those that only training needs have theirs in `Tests/TestSupport/Reference/`, which
// `Tests/TrainingTests/` holds to finite differences.

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

// What training needs besides.

/// The mean of a row and 1 / sqrt(variance + 1e-5), as a layer norm takes them.
struct dixie_row_statistics {
    float mean;
    float scale;
};

/// Adds to `input_gradient` the gradient of a loss by the row `x` that a layer norm was given, and
/// gives the row's statistics.
void dixie_layer_norm_backward(enum dixie_level level, const float *x, const float *gain,
                               const float *output_gradient, float *input_gradient,
                               struct dixie_row_statistics *statistics, size_t width);

/// Adds one row's part to the gradients by a layer norm's gain and bias.
void dixie_layer_norm_parameters_backward(enum dixie_level level, const float *x,
                                          const float *output_gradient,
                                          struct dixie_row_statistics statistics,
                                          float *gain_gradient, float *bias_gradient, size_t width);

/// y[i] = gelu(x[i]); the same bits as `dixie_gelu`.
void dixie_gelu_apart(enum dixie_level level, const float *x, float *y, size_t count);

/// gradient[i] *= gelu'(x[i]), where `x` is what the GELU was given.
void dixie_gelu_backward(enum dixie_level level, const float *x, float *gradient, size_t count);

/// gradient[i] = scale * p[i] * (gradient[i] - sum over j of p[j] * gradient[j]): from the gradient
/// by a softmax's results `p` to that by what it was given.
void dixie_softmax_backward(enum dixie_level level, const float *p, float *gradient, size_t width,
                            float scale);

/// Gives log(sum of exp(logits)) - logits[target] in `loss`, and makes the row its gradient times
/// `scale`: softmax, less 1 at the target. With `keeps_logits` the row is left alone.
void dixie_cross_entropy(enum dixie_level level, float *logits, size_t width, size_t target,
                         float scale, int keeps_logits, float *loss);

/// Which random numbers a dropout draws: those of a key and of all counters that begin with (·,
/// row, window, site), a fourth of an element each. See `CounterRandom`.
struct dixie_dropout {
    unsigned key[2];
    unsigned row, window, site;
    /// An element is dropped where its random word is below this.
    unsigned threshold;
    /// What the others are multiplied by.
    float scale;
};

/// Drops elements of a row: the same ones whenever it is asked for the same `dropout`.
void dixie_drop(enum dixie_level level, const struct dixie_dropout *dropout, float *x,
                size_t count);

/// The sum of the squares of `count` floats.
void dixie_sum_of_squares(enum dixie_level level, const float *x, size_t count, double *sum);

/// One step of Adam over `count` weights; the bias corrections are in the numbers.
struct dixie_adam {
    float gradient_scale;  // what gradients are multiplied by first, for clipping
    float beta1, beta2;
    float step_size;     // what m / (sqrt(v) * root_scale + epsilon) is multiplied by
    float root_scale;    // what sqrt(v) is multiplied by
    float epsilon;
    float kept;  // what the weights are multiplied by before: 1 - learning rate * decay
};

/// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
/// w = kept w - step_size m / (sqrt(v) root_scale + epsilon).
void dixie_adam_step(enum dixie_level level, const struct dixie_adam *adam, float *weights,
                     const float *gradients, float *first, float *second, size_t count);

/// y[i] += scale * x[i].
void dixie_add_scaled(enum dixie_level level, float scale, const float *x, float *y, size_t count);

#include "multiply.h"
#include "attention.h"
#include "logits.h"
