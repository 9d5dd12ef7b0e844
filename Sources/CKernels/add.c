#include "levels.h"

BODY void dixie_add_body(const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}

DISPATCHED(dixie_add, (x, y, count), const float *x, float *y, size_t count)

BODY void dixie_add_scaled_body(float scale, const float *x, float *y, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += scale * x[i];
}

DISPATCHED(dixie_add_scaled, (scale, x, y, count), float scale, const float *x, float *y,
           size_t count)
