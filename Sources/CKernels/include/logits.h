#pragma once
#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

// What choosing a token does with the logits of a whole vocabulary, each in one pass over them.

/// x[i] /= divisor. Says whether all that comes out is finite.
void dixie_divide(enum dixie_level level, float *x, size_t count, float divisor, int *is_finite);

/// The largest; -infinity of none. What is no number is passed over.
void dixie_highest(enum dixie_level level, const float *x, size_t count, float *highest);

/// Where a number first stands; `count` if it does not.
void dixie_find(enum dixie_level level, const float *x, size_t count, float value, size_t *place);

/// x[i] = exp(x[i] - highest), their weights, or 0 for what is lower than `highest` by more than 87;
/// and the sum of all.
void dixie_exponentiate(enum dixie_level level, float *x, size_t count, float highest, double *sum);

/// How many weights are `threshold`, which is 0 or above, or more, and their sum.
void dixie_weigh(enum dixie_level level, const float *weights, size_t count, float threshold,
                 double *sum, size_t *number);

/// The weights that are `from`, which is 0 or above, or more, and less than `below`, in order;
/// `found` has room for them.
void dixie_gather(enum dixie_level level, const float *weights, size_t count, float from,
                  float below, float *found, size_t *number);
