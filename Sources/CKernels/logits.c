#include "logits.h"

#include <math.h>

#include "levels.h"

BODY void dixie_divide_body(float *x, size_t count, float divisor, int *is_finite) {
    f32x16 v, poison = {};
    for (size_t i = 0; i < count; i += 16) {
        load(&v, x + i, count - i, 0);
        v /= divisor;
        // 0, or not a number where the quotient is none or infinite.
        poison += v * 0.0f;
        store(x + i, &v, count - i);
    }
    *is_finite = sum_of(&poison) == 0;
}

BODY void dixie_highest_body(const float *x, size_t count, float *highest) {
    f32x16 v, most = (f32x16){} - INFINITY;
    for (size_t i = 0; i < count; i += 16) {
        load(&v, x + i, count - i, -INFINITY);
        most = __builtin_elementwise_max(most, v);
    }
    *highest = greatest_of(&most);
}

/// Which step each of 16 stands on; those of the last one, or deeper, on the last.
BODY void steps_of(const f32x16 *x, float highest, i32x16 *steps) {
    f32x16 depth = (highest - *x) * (float)dixie_steps_of_one;
    depth = __builtin_elementwise_min(depth, (f32x16){} + (float)(dixie_step_count - 1));
    *steps = __builtin_convertvector(depth, i32x16);
}

typedef double mass_and_count __attribute__((vector_size(16)));

BODY void dixie_count_steps_body(const float *x, size_t count, float highest, double *masses,
                                 uint32_t *counts) {
    // Neighbours are often on one step, and would wait for each other: every other one has its own.
    mass_and_count steps[2][dixie_step_count] = {};
    const int32_t last = dixie_step_count - 1;
    for (size_t i = 0; i < count; i += 16) {
        size_t lanes = count - i < 16 ? count - i : 16;
        f32x16 v, power;
        i32x16 places;
        load(&v, x + i, count - i, -INFINITY);
        power = v - highest;
        exponential(&power);
        steps_of(&v, highest, &places);
        if (lanes == 16 && !__builtin_reduce_or(places != last)) {
            // Where a model is sure, most of the vocabulary is down there.
            steps[0][last] += (mass_and_count){sum_of(&power), 16};
            continue;
        }
        float powers[16];
        int32_t of_lanes[16];
        memcpy(powers, &power, sizeof powers);
        memcpy(of_lanes, &places, sizeof of_lanes);
        for (size_t lane = 0; lane < lanes; lane++) {
            steps[lane % 2][of_lanes[lane]] += (mass_and_count){powers[lane], 1};
        }
    }
    for (size_t step = 0; step < dixie_step_count; step++) {
        mass_and_count both = steps[0][step] + steps[1][step];
        masses[step] = both[0];
        counts[step] = (uint32_t)both[1];
    }
}

BODY void dixie_gather_step_body(const float *x, size_t count, float highest, size_t step,
                                 float *values, size_t *found) {
    size_t next = 0;
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v;
        i32x16 steps;
        load(&v, x + i, count - i, -INFINITY);
        steps_of(&v, highest, &steps);
        i32x16 is_there = steps == (int32_t)step;
        if (!__builtin_reduce_or(is_there)) continue;
        size_t lanes = count - i < 16 ? count - i : 16;
        for (size_t lane = 0; lane < lanes; lane++) {
            if (is_there[lane]) values[next++] = x[i + lane];
        }
    }
    *found = next;
}

BODY void dixie_weigh_body(const float *x, size_t count, float highest, float threshold,
                           float *weights, double *sum) {
    *sum = 0;
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v, power;
        load(&v, x + i, count - i, -INFINITY);
        if (!weights && !__builtin_reduce_or(v >= threshold)) continue;
        power = v - highest;
        exponential(&power);
        // What lies so deep that its power is out of range weighs nothing, as what is left out.
        i32x16 counts = (v >= threshold) & (v - highest >= -87.0f);
        power = (f32x16)((i32x16)power & counts);
        if (weights) store(weights + i, &power, count - i);
        // In double precision by sixteens: fifty thousand floats would lose the last digits.
        *sum += sum_of(&power);
    }
}

DISPATCHED(dixie_divide, (x, count, divisor, is_finite), float *x, size_t count, float divisor,
           int *is_finite)
DISPATCHED(dixie_highest, (x, count, highest), const float *x, size_t count, float *highest)
DISPATCHED(dixie_count_steps, (x, count, highest, masses, counts), const float *x, size_t count,
           float highest, double *masses, uint32_t *counts)
DISPATCHED(dixie_gather_step, (x, count, highest, step, values, found), const float *x,
           size_t count, float highest, size_t step, float *values, size_t *found)
DISPATCHED(dixie_weigh, (x, count, highest, threshold, weights, sum), const float *x, size_t count,
           float highest, float threshold, float *weights, double *sum)
