#pragma once
#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

// What choosing a token does with the logits of a whole vocabulary, each in one pass over them.

/// x[i] /= divisor. Says whether all that comes out is finite.
void dixie_divide(enum dixie_level level, float *x, size_t count, float divisor, int *is_finite);

/// The largest; -infinity of none. What is no number is passed over.
void dixie_highest(enum dixie_level level, const float *x, size_t count, float *highest);

// A stair leads down from the highest logit, so that where to stop can be found without sorting.
enum {
    /// Steps to a difference of 1.
    dixie_steps_of_one = 64,
    /// The last one holds all that is deeper.
    dixie_step_count = 2048,
};

/// How many logits stand on each step, and the sum of their exp(x[i] - highest).
void dixie_count_steps(enum dixie_level level, const float *x, size_t count, float highest,
                       double *masses, uint32_t *counts);

/// The logits of one step, in order.
void dixie_gather_step(enum dixie_level level, const float *x, size_t count, float highest,
                       size_t step, float *values, size_t *found);

/// weights[i] = exp(x[i] - highest), or 0 for what is below `threshold` or lower than `highest` by
/// more than 87; and their sum. `weights` may be null.
void dixie_weigh(enum dixie_level level, const float *x, size_t count, float highest,
                 float threshold, float *weights, double *sum);
