#include "levels.h"

BODY void dixie_gelu_body(float *x, size_t count) {
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v, e;
        load(&v, x + i, count - i, 0);
        // 0.5 (1 + tanh u) is 1 / (1 + exp(-2u)), which loses nothing where tanh nears -1.
        e = v * (1.0f + 0.044715f * v * v) * -1.59576912f;
        exponential(&e);
        v = v / (1.0f + e);
        store(x + i, &v, count - i);
    }
}

DISPATCHED(dixie_gelu, (x, count), float *x, size_t count)
