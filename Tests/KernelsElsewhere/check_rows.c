#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

// Row operations: as Tests/ComputeTests/KernelTests.swift has them.

static const size_t widths[] = {1, 2, 15, 16, 17, 31, 33, 48, 80, 768, 1000};
enum { width_count = sizeof widths / sizeof *widths };

static void layer_norms(enum dixie_level level) {
    for (size_t i = 0; i < width_count; i++) {
        size_t width = widths[i];
        where("layer norm, width %zu", width);
        struct random random = {width};
        float *x = random_floats(&random, width, -3, 5);
        float *gain = random_floats(&random, width, 0.5, 1.5);
        float *bias = random_floats(&random, width, -1, 1);
        float *fast = aligned(width * 4), *reference = aligned(width * 4);
        dixie_layer_norm(level, x, gain, bias, fast, width);
        dixie_layer_norm_reference(x, gain, bias, reference, width);
        expect_near(fast, reference, width, 2e-6f * magnitude(reference, width));
        // With a large mean the squares of what is left of it must not be lost.
        for (size_t j = 0; j < width; j++) x[j] = 1000 + (float)(j % 7);
        dixie_layer_norm(level, x, gain, bias, fast, width);
        dixie_layer_norm_reference(x, gain, bias, reference, width);
        where("layer norm of a large mean, width %zu", width);
        expect_near(fast, reference, width, 2e-4f);
        free(x), free(gain), free(bias), free(fast), free(reference);
    }
    passed("layer norm equals its reference");
}

static void gelus(enum dixie_level level) {
    for (size_t i = 0; i < width_count; i++) {
        size_t width = widths[i];
        where("gelu, width %zu", width);
        struct random random = {width};
        float *fast = random_floats(&random, width, -8, 8), *reference = aligned(width * 4);
        memcpy(reference, fast, width * 4);
        dixie_gelu(level, fast, width);
        dixie_gelu_reference(reference, width);
        expect_near(fast, reference, width, 1e-6f * fmaxf(1, magnitude(reference, width)));
        free(fast), free(reference);
    }
    where("gelu of extremes");
    float x[6] = {-1e30f, -100, -0.0f, 0, 100, 1e30f};
    dixie_gelu(level, x, 6);
    expect_near(x, (const float[]){0, 0}, 2, 1e-3f);
    expect_near(x + 2, (const float[]){0, 0, 100, 1e30f}, 4, 0);
    passed("GELU equals its reference");
}

static void softmaxes(enum dixie_level level) {
    for (size_t i = 0; i < width_count; i++) {
        size_t width = widths[i];
        where("softmax, width %zu", width);
        struct random random = {width};
        float *fast = random_floats(&random, width, -30, 30), *reference = aligned(width * 4);
        memcpy(reference, fast, width * 4);
        dixie_softmax(level, fast, width, 0.125f);
        dixie_softmax_reference(reference, width, 0.125f);
        expect_near(fast, reference, width, 1e-6f);
        free(fast), free(reference);
    }
    where("softmax of logits far apart");
    float x[4] = {1e20f, -1e20f, 1e20f, 0};
    dixie_softmax(level, x, 4, 1);
    expect_near(x, (const float[]){0.5, 0, 0.5, 0}, 4, 1e-30f);
    passed("softmax equals its reference");
}

static void sums(enum dixie_level level) {
    for (size_t i = 0; i < width_count; i++) {
        size_t width = widths[i];
        where("sum, width %zu", width);
        struct random random = {width};
        float *x = random_floats(&random, width, -1, 1);
        float *y = random_floats(&random, width + 1, -1, 1), *wanted = aligned((width + 1) * 4);
        for (size_t j = 0; j < width; j++) wanted[j] = y[j] + x[j];
        wanted[width] = y[width];
        dixie_add(level, x, y, width);
        expect_same(y, wanted, width + 1);
        free(x), free(y), free(wanted);
    }
    passed("adding touches its row alone");
}

void check_rows(enum dixie_level level) {
    layer_norms(level);
    gelus(level);
    softmaxes(level);
    sums(level);
}
