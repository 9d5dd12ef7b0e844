#pragma once
#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

// What the checks of all kernels share. The first that does not hold ends the program.

/// The checks of one level, a file each.
void check_rows(enum dixie_level level);
void check_products(enum dixie_level level);
void check_attention(enum dixie_level level);
void check_logits(enum dixie_level level);

/// Random numbers that are the same on every machine.
struct random {
    uint64_t state;
};

/// So many from `low` to `high`, to be freed.
float *random_floats(struct random *random, size_t count, float low, float high);
void fill_randomly(struct random *random, float *floats, size_t count, float low, float high);

/// Memory at a multiple of 64, to be freed, and so tight that a sanitizer sees a step beyond it.
void *aligned(size_t size);

/// The largest magnitude among some floats.
float magnitude(const float *x, size_t count);

/// Says what is checked from now on, for who reads of a failure.
__attribute__((format(printf, 1, 2))) void where(const char *format, ...);

/// Fails where they lie farther apart than `most`, or where one of them is no number.
void expect_near(const float *found, const float *wanted, size_t count, float most);
/// Fails where a bit differs.
void expect_same(const float *found, const float *wanted, size_t count);
/// Fails where one is finite and should not be, or the other way round.
void expect_finite(const float *found, size_t count, int is_finite);
/// Fails with a sentence.
__attribute__((format(printf, 1, 2), noreturn)) void fail(const char *format, ...);

/// Says that a group of checks held.
void passed(const char *what);
