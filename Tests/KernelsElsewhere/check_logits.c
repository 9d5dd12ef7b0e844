#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "logits.h"

// What choosing a token does: as Tests/ComputeTests/LogitKernelTests.swift has it.

static const size_t counts[] = {1, 15, 16, 17, 1000, 50257};
enum { count_count = sizeof counts / sizeof *counts };

static void divisions(enum dixie_level level) {
    for (size_t i = 0; i < count_count; i++) {
        size_t count = counts[i];
        where("division, %zu logits", count);
        struct random random = {count};
        float *x = random_floats(&random, count, -12, 12), *wanted = aligned(count * 4);
        for (size_t j = 0; j < count; j++) wanted[j] = x[j] / 0.3f;
        int is_finite = -1;
        dixie_divide(level, x, count, 0.3f, &is_finite);
        expect_same(x, wanted, count);
        if (is_finite != 1) fail("finite ones are called infinite");
        for (size_t place = 0; place < count; place += count / 2 + 1) {
            float before = x[place];
            x[place] = place % 2 ? INFINITY : NAN;
            dixie_divide(level, x, count, 1, &is_finite);
            if (is_finite != 0) fail("number %zu is not finite, and was not seen", place);
            x[place] = before;
        }
        free(x), free(wanted);
    }
    passed("a quotient says whether all are finite");
}

static void highests(enum dixie_level level) {
    for (size_t i = 0; i < count_count; i++) {
        size_t count = counts[i];
        where("highest of %zu", count);
        struct random random = {count};
        float *x = random_floats(&random, count, -12, 12), wanted = 12.5f;
        for (size_t place = 0; place < count; place += count / 3 + 1) {
            float found = 0, before = x[place];
            x[place] = wanted;
            dixie_highest(level, x, count, &found);
            expect_same(&found, &wanted, 1);
            x[place] = before;
        }
        free(x);
    }
    passed("the highest is found wherever it stands");
}

static size_t step_of(float x) {
    return (size_t)fminf((12 - x) * dixie_steps_of_one, dixie_step_count - 1);
}

static void stairs(enum dixie_level level) {
    double masses[dixie_step_count], wanted_masses[dixie_step_count];
    uint32_t numbers[dixie_step_count];
    float found_numbers[dixie_step_count], wanted_numbers[dixie_step_count];
    for (size_t i = 0; i < count_count; i++) {
        // Few far down, and most of them.
        for (int low = -10; low >= -1000; low *= 10) {
            size_t count = counts[i];
            where("stair of %zu from %d on", count, low);
            struct random random = {count};
            float *x = random_floats(&random, count, (float)low, 12), *values = aligned(count * 4);
            memset(wanted_masses, 0, sizeof wanted_masses);
            memset(wanted_numbers, 0, sizeof wanted_numbers);
            for (size_t j = 0; j < count; j++) {
                wanted_masses[step_of(x[j])] += exp((double)x[j] - 12);
                wanted_numbers[step_of(x[j])]++;
            }
            dixie_count_steps(level, x, count, 12, masses, numbers);
            for (size_t step = 0; step < dixie_step_count; step++) {
                found_numbers[step] = (float)numbers[step];
            }
            expect_same(found_numbers, wanted_numbers, dixie_step_count);
            for (size_t step = 0; step < dixie_step_count; step++) {
                double off = fabs(masses[step] - wanted_masses[step]);
                if (!(off <= 2e-6 * wanted_masses[step] + 1e-30)) fail("step %zu: its mass", step);
                if (step % 97 && step < dixie_step_count - 1) continue;
                size_t found = 0;
                dixie_gather_step(level, x, count, 12, step, values, &found);
                if (found != numbers[step]) fail("step %zu: %zu were gathered", step, found);
                for (size_t j = 0; j < found; j++) {
                    if (step_of(values[j]) != step) fail("%g is not on step %zu", values[j], step);
                }
            }
            free(x), free(values);
        }
    }
    passed("the stair has each logit on its step");
}

static void weights(enum dixie_level level) {
    static const float thresholds[] = {-INFINITY, -20, 11};
    for (size_t i = 0; i < count_count * 3; i++) {
        size_t count = counts[i / 3];
        float threshold = thresholds[i % 3];
        where("weights of %zu, those from %g on", count, threshold);
        struct random random = {count};
        float *x = random_floats(&random, count, -100, 12), *found = aligned(count * 4);
        float *wanted = aligned(count * 4);
        double sum = 0, again = 0, total = 0;
        for (size_t j = 0; j < count; j++) {
            int is_kept = x[j] >= threshold && x[j] - 12 >= -87;
            wanted[j] = is_kept ? (float)exp((double)x[j] - 12) : 0;
            total += wanted[j];
        }
        dixie_weigh(level, x, count, 12, threshold, found, &sum);
        dixie_weigh(level, x, count, 12, threshold, 0, &again);
        expect_near(found, wanted, count, 1e-6f);
        if (!(fabs(sum - total) <= 1e-6 * total)) fail("their sum is %g and not %g", sum, total);
        if (sum != again) fail("without room for them their sum is another");
        free(x), free(found), free(wanted);
    }
    passed("weights are exponentials of what is kept");
}

void check_logits(enum dixie_level level) {
    divisions(level);
    highests(level);
    stairs(level);
    weights(level);
}
