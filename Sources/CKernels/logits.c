#include "logits.h"

#include <math.h>

#include "levels.h"

BODY void dixie_divide_body(float *x, size_t count, float divisor, int *is_finite) {
    f32x16 v, poison = {};
    for (size_t i = 0; i < count; i += 16) {
        load(&v, x + i, count - i, 0);
        if (divisor != 1) v /= divisor;
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

BODY void dixie_find_body(const float *x, size_t count, float value, size_t *place) {
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v;
        load(&v, x + i, count - i, NAN);
        i32x16 is_it = v == value;
        if (!__builtin_reduce_or(is_it)) continue;
        for (*place = i; !is_it[*place - i]; ++*place) {
        }
        return;
    }
    *place = count;
}

BODY void dixie_exponentiate_body(float *x, size_t count, float highest) {
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v, power;
        load(&v, x + i, count - i, -INFINITY);
        power = v - highest;
        i32x16 is_in_range = power >= -87.0f;
        exponential(&power);
        power = (f32x16)((i32x16)power & is_in_range);
        store(x + i, &power, count - i);
    }
}

BODY void dixie_weigh_body(const float *weights, size_t count, float threshold, double *sum,
                           size_t *number) {
    // As many are added in single precision as keep its last digits.
    const size_t block = 1024;
    *sum = 0;
    *number = 0;
    for (size_t start = 0; start < count; start += block) {
        size_t end = count - start < block ? count : start + block;
        f32x16 v, sums = {};
        i32x16 numbers = {};
        for (size_t i = start; i < end; i += 16) {
            load(&v, weights + i, end - i, -1);
            i32x16 counts = v >= threshold;
            sums += (f32x16)((i32x16)v & counts);
            numbers -= counts;
        }
        *sum += sum_of(&sums);
        *number += (size_t)__builtin_reduce_add(numbers);
    }
}

BODY void dixie_gather_body(const float *weights, size_t count, float from, float below,
                            float *found, size_t *number) {
    size_t next = 0;
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v;
        load(&v, weights + i, count - i, -1);
        i32x16 is_between = (v >= from) & (v < below);
        if (!__builtin_reduce_or(is_between)) continue;
        int32_t between[16];
        memcpy(between, &is_between, sizeof between);
        // Each is written and the next one over it where it does not count: no branch to guess.
        UNROLLED for (size_t lane = 0; lane < 16; lane++) {
            found[next] = v[lane];
            next -= (size_t)(int64_t)between[lane];
        }
    }
    *number = next;
}

DISPATCHED(dixie_divide, (x, count, divisor, is_finite), float *x, size_t count, float divisor,
           int *is_finite)
DISPATCHED(dixie_highest, (x, count, highest), const float *x, size_t count, float *highest)
DISPATCHED(dixie_find, (x, count, value, place), const float *x, size_t count, float value,
           size_t *place)
DISPATCHED(dixie_exponentiate, (x, count, highest), float *x, size_t count, float highest)
DISPATCHED(dixie_weigh, (weights, count, threshold, sum, number), const float *weights,
           size_t count, float threshold, double *sum, size_t *number)
DISPATCHED(dixie_gather, (weights, count, from, below, found, number), const float *weights,
           size_t count, float from, float below, float *found, size_t *number)
