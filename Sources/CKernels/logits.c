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

/// As many are added in single precision as keep its last digits.
enum { block = 1024 };

BODY void dixie_exponentiate_body(float *x, size_t count, float highest, double *sum) {
    *sum = 0;
    for (size_t start = 0; start < count; start += block) {
        size_t end = count - start < block ? count : start + block;
        f32x16 v, power, sums = {};
        for (size_t i = start; i < end; i += 16) {
            load(&v, x + i, end - i, -INFINITY);
            power = v - highest;
            i32x16 is_in_range = power >= -87.0f;
            exponential(&power);
            power = (f32x16)((i32x16)power & is_in_range);
            store(x + i, &power, end - i);
            sums += power;
        }
        *sum += sum_of(&sums);
    }
}

BODY void dixie_weigh_body(const float *weights, size_t count, float threshold, double *sum,
                           size_t *number) {
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

typedef _Bool boolx16 __attribute__((ext_vector_type(16)));

/// A bit for each of 16, the first the lowest.
BODY uint16_t bits_of(const i32x16 *is_true) {
    boolx16 lanes = __builtin_convertvector(*is_true, boolx16);
    uint16_t bits;
    memcpy(&bits, &lanes, sizeof bits);
    return bits;
}

BODY void dixie_gather_body(const float *weights, size_t count, float from, float below,
                            float *found, size_t *number) {
    size_t next = 0;
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v;
        load(&v, weights + i, count - i, -1);
        i32x16 is_between = (v >= from) & (v < below);
        for (uint16_t left = bits_of(&is_between); left; left &= left - 1) {
            found[next++] = weights[i + __builtin_ctz(left)];
        }
    }
    *number = next;
}

DISPATCHED(dixie_divide, (x, count, divisor, is_finite), float *x, size_t count, float divisor,
           int *is_finite)
DISPATCHED(dixie_highest, (x, count, highest), const float *x, size_t count, float *highest)
DISPATCHED(dixie_find, (x, count, value, place), const float *x, size_t count, float value,
           size_t *place)
DISPATCHED(dixie_exponentiate, (x, count, highest, sum), float *x, size_t count, float highest,
           double *sum)
DISPATCHED(dixie_weigh, (weights, count, threshold, sum, number), const float *weights,
           size_t count, float threshold, double *sum, size_t *number)
DISPATCHED(dixie_gather, (weights, count, from, below, found, number), const float *weights,
           size_t count, float from, float below, float *found, size_t *number)
