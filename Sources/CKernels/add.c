#include "levels.h"

BODY void dixie_add_body(const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}

DISPATCHED(dixie_add, (x, y, count), const float *x, float *y, size_t count)
