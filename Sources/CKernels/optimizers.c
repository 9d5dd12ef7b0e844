#include "levels.h"

BODY void dixie_adam_step_body(const struct dixie_adam *adam, float *weights,
                               const float *gradients, float *first, float *second, size_t count) {
    for (size_t i = 0; i < count; i += 16) {
        f32x16 w, g, m, v, root;
        load(&w, weights + i, count - i, 0);
        load(&g, gradients + i, count - i, 0);
        load(&m, first + i, count - i, 0);
        load(&v, second + i, count - i, 0);
        g *= adam->gradient_scale;
        m = m * adam->beta1 + g * (1.0f - adam->beta1);
        v = v * adam->beta2 + g * g * (1.0f - adam->beta2);
        root = __builtin_elementwise_sqrt(v);
        w = w * adam->kept - m * adam->step_size / (root * adam->root_scale + adam->epsilon);
        store(weights + i, &w, count - i);
        store(first + i, &m, count - i);
        store(second + i, &v, count - i);
    }
}

DISPATCHED(dixie_adam_step, (adam, weights, gradients, first, second, count),
           const struct dixie_adam *adam, float *weights, const float *gradients, float *first,
           float *second, size_t count)

BODY void dixie_sum_of_squares_body(const float *x, size_t count, double *sum) {
    double total = 0;
    // A float for each sixteenth of 1,024 elements, then double: exact enough for any arena.
    for (size_t start = 0; start < count; start += 1024) {
        size_t end = count - start < 1024 ? count : start + 1024;
        f32x16 v, squares = {};
        for (size_t i = start; i < end; i += 16) {
            load(&v, x + i, end - i, 0);
            squares += v * v;
        }
        total += sum_of(&squares);
    }
    *sum = total;
}

DISPATCHED(dixie_sum_of_squares, (x, count, sum), const float *x, size_t count, double *sum)
