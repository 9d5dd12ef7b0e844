#include "check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char place[200];
static size_t comparisons;

/// Splitmix64's next word.
static uint64_t next(struct random *random) {
    uint64_t word = random->state += 0x9E3779B97F4A7C15u;
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9u;
    word = (word ^ word >> 27) * 0x94D049BB133111EBu;
    return word ^ word >> 31;
}

void fill_randomly(struct random *random, float *floats, size_t count, float low, float high) {
    for (size_t i = 0; i < count; i++) {
        float part = (float)(next(random) >> 40) * 0x1p-24f;
        floats[i] = low + (high - low) * part;
    }
}

float *random_floats(struct random *random, size_t count, float low, float high) {
    float *floats = aligned(count * sizeof(float));
    fill_randomly(random, floats, count, low, high);
    return floats;
}

void *aligned(size_t size) {
    void *memory;
    if (posix_memalign(&memory, 64, size ? size : 1)) fail("no memory for %zu bytes", size);
    return memory;
}

float magnitude(const float *x, size_t count) {
    float largest = 0;
    for (size_t i = 0; i < count; i++) largest = fmaxf(largest, fabsf(x[i]));
    return largest;
}

void where(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(place, sizeof place, format, arguments);
    va_end(arguments);
}

void expect_near(const float *found, const float *wanted, size_t count, float most) {
    comparisons += count;
    for (size_t i = 0; i < count; i++) {
        float distance = fabsf(found[i] - wanted[i]);
        if (distance <= most) continue;
        fail("number %zu of %zu is %.9g and should be %.9g: off by %g, not %g at most", i, count,
             found[i], wanted[i], distance, most);
    }
}

void expect_same(const float *found, const float *wanted, size_t count) {
    comparisons += count;
    for (size_t i = 0; i < count; i++) {
        if (memcmp(found + i, wanted + i, sizeof *found) == 0) continue;
        fail("number %zu of %zu is %.9g and should be %.9g to the bit: off by %g", i, count,
             found[i], wanted[i], fabsf(found[i] - wanted[i]));
    }
}

void expect_finite(const float *found, size_t count, int is_finite) {
    comparisons += count;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(found[i]) == !is_finite) continue;
        fail("number %zu of %zu is %g and should %sbe finite", i, count, found[i],
             is_finite ? "" : "not ");
    }
}

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fprintf(stderr, "failed: %s: ", place);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

void passed(const char *what) {
    printf("  %s: %zu numbers\n", what, comparisons);
    comparisons = 0;
}
