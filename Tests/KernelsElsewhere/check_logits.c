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

static void places(enum dixie_level level) {
    for (size_t i = 0; i < count_count; i++) {
        size_t count = counts[i];
        where("place among %zu", count);
        struct random random = {count};
        float *x = random_floats(&random, count, -12, 12);
        size_t found = 0;
        dixie_find(level, x, count, 12.5f, &found);
        if (found != count) fail("what is not there was found at %zu", found);
        for (size_t step = count / 3 + 1, place = count - 1;; place -= step) {
            x[place] = 12.5f;
            dixie_find(level, x, count, 12.5f, &found);
            if (found != place) fail("found at %zu and not at %zu", found, place);
            if (place < step) break;
        }
        free(x);
    }
    passed("a number is found where it first stands");
}

static void exponentials(enum dixie_level level) {
    for (size_t i = 0; i < count_count; i++) {
        size_t count = counts[i];
        where("weights of %zu", count);
        struct random random = {count};
        float *x = random_floats(&random, count, -100, 12), *wanted = aligned(count * 4);
        for (size_t j = 0; j < count; j++) {
            wanted[j] = x[j] - 12 >= -87 ? (float)exp((double)x[j] - 12) : 0;
        }
        double sum = 0, total = 0;
        dixie_exponentiate(level, x, count, 12, &sum);
        for (size_t j = 0; j < count; j++) total += x[j];
        if (!(fabs(sum - total) <= 1e-6 * total)) fail("their sum is %g and not %g", sum, total);
        expect_near(x, wanted, count, 1e-6f);
        free(x), free(wanted);
    }
    passed("weights are exponentials");
}

static void portions(enum dixie_level level) {
    static const float thresholds[] = {0, 1e-4f, 0.5f, 2};
    for (size_t i = 0; i < count_count * 4; i++) {
        size_t count = counts[i / 4];
        float threshold = thresholds[i % 4];
        where("%zu weights, those from %g on", count, threshold);
        struct random random = {count};
        float *x = random_floats(&random, count, 0, 1), *found = aligned(count * 4);
        double sum = 0, wanted_sum = 0;
        size_t number = 0, wanted_number = 0, gathered = 0, next = 0;
        for (size_t j = 0; j < count; j++) {
            if (x[j] < threshold) continue;
            wanted_sum += x[j];
            wanted_number++;
        }
        dixie_weigh(level, x, count, threshold, &sum, &number);
        if (number != wanted_number) fail("they are %zu and not %zu", number, wanted_number);
        if (!(fabs(sum - wanted_sum) <= 1e-6 * wanted_sum)) {
            fail("their sum is %g and not %g", sum, wanted_sum);
        }
        dixie_gather(level, x, count, threshold, 0.75f, found, &gathered);
        for (size_t j = 0; j < count; j++) {
            if (x[j] < threshold || x[j] >= 0.75f) continue;
            if (next < gathered && found[next] != x[j]) fail("number %zu is another's", next);
            next++;
        }
        if (gathered != next) fail("%zu were gathered and not %zu", gathered, next);
        free(x), free(found);
    }
    passed("weights are counted, summed and gathered from a threshold on");
}

void check_logits(enum dixie_level level) {
    divisions(level);
    highests(level);
    places(level);
    exponentials(level);
    portions(level);
}
