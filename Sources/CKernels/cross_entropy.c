#include <math.h>

#include "levels.h"

BODY void dixie_cross_entropy_body(float *logits, size_t width, size_t target, float scale,
                                   int keeps_logits, float *loss) {
    float wanted = logits[target];
    f32x16 v, highest = (f32x16){} - INFINITY, poison = {};
    for (size_t i = 0; i < width; i += 16) {
        load(&v, logits + i, width - i, wanted);
        highest = __builtin_elementwise_max(highest, v);
        // 0, or not a number where the logit is none or infinite: neither max nor exp would show it.
        poison += v * 0.0f;
    }
    float max = greatest_of(&highest);
    double sum = 0;
    for (size_t i = 0; i < width; i += 16) {
        load(&v, logits + i, width - i, -INFINITY);
        v -= max;
        exponential(&v);
        size_t lanes = width - i < 16 ? width - i : 16;
        // Behind the row's end stands exp of the lowest argument, not 0.
        if (lanes < 16) memset((float *)&v + lanes, 0, (16 - lanes) * sizeof(float));
        // In double precision by sixteens: fifty thousand floats would lose the last digits.
        sum += sum_of(&v);
        if (!keeps_logits) store(logits + i, &v, width - i);
    }
    *loss = (float)(log(sum) + max - wanted) + sum_of(&poison);
    if (keeps_logits) return;
    float factor = (float)(scale / sum);
    for (size_t i = 0; i < width; i += 16) {
        load(&v, logits + i, width - i, 0);
        v *= factor;
        store(logits + i, &v, width - i);
    }
    logits[target] -= scale;
}

DISPATCHED(dixie_cross_entropy, (logits, width, target, scale, keeps_logits, loss), float *logits,
           size_t width, size_t target, float scale, int keeps_logits, float *loss)
