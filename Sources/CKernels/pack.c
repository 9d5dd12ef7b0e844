#include <math.h>
#include <string.h>

#include "panels.h"

size_t dixie_panel_size(enum dixie_format format, size_t depth) {
    return panel_size(format, depth);
}

/// One column of weights, filled up with zeros.
static void read_column(const float *weights, size_t depth_stride, size_t depth, size_t stored,
                        float *column) {
    for (size_t d = 0; d < depth; d++) column[d] = weights[d * depth_stride];
    for (size_t d = depth; d < stored; d++) column[d] = 0;
}

static float largest(const float *x, size_t count) {
    float largest = 0;
    for (size_t i = 0; i < count; i++) largest = fmaxf(largest, fabsf(x[i]));
    return largest;
}

static void pack_int8(const float *column, size_t depth, size_t c, char *panel) {
    float scale = largest(column, depth) / 127;
    float inverse = scale > 0 ? 1 / scale : 0;
    int32_t sum = 0;
    int8_t *numbers = (int8_t *)panel_int8(panel);
    for (size_t d = 0; d < depth; d++) {
        float nearest = rintf(column[d] * inverse);
        int8_t number = (int8_t)fmaxf(-127, fminf(127, nearest));
        numbers[(d / 4 * C16 + c) * 4 + d % 4] = number;
        sum += number;
    }
    ((float *)panel)[c] = scale;
    ((int32_t *)panel)[C16 + c] = sum;
}

enum { most_in_half = 7, highest_multiplier = 18 };

/// Rounds a group to whole numbers of `step`, and says how far that is from what it was.
static float round_group(const float *x, float step, int8_t *numbers) {
    float inverse = step > 0 ? 1 / step : 0, error = 0;
    for (int i = 0; i < GROUP; i++) {
        float nearest = rintf(x[i] * inverse);
        nearest = fmaxf(-most_in_half, fminf(most_in_half, nearest));
        numbers[i] = (int8_t)nearest;
        float off = x[i] - nearest * step;
        error += off * off;
    }
    return error;
}

static void pack_int4(const float *column, size_t depth, size_t true_depth, size_t c, char *panel) {
    float unit = largest(column, depth) / (most_in_half * highest_multiplier);
    int32_t sum = 0;
    uint8_t *multipliers = (uint8_t *)panel_multipliers(panel);
    uint8_t *halves = (uint8_t *)panel_halves(panel, true_depth);
    for (size_t group = 0; group < depth / GROUP; group++) {
        const float *x = column + group * GROUP;
        // The least that reaches the largest; a little less is often nearer to the others.
        int reaching = unit > 0 ? (int)ceilf(largest(x, GROUP) / (most_in_half * unit)) : 1;
        reaching = reaching < 1 ? 1 : reaching > highest_multiplier ? highest_multiplier : reaching;
        int8_t numbers[GROUP], trial[GROUP];
        int multiplier = reaching;
        float least = round_group(x, unit * reaching, numbers);
        for (int m = reaching - 1; m >= 1 && m >= reaching - 2; m--) {
            float error = round_group(x, unit * m, trial);
            if (error >= least) continue;
            least = error;
            multiplier = m;
            memcpy(numbers, trial, sizeof numbers);
        }
        multipliers[group * C16 + c] = (uint8_t)multiplier;
        for (int i = 0; i < GROUP; i++) {
            size_t d = group * GROUP + i;
            uint8_t *byte = halves + (d / 8 * C16 + c) * 4 + d % 4;
            int half = numbers[i] + 8;
            *byte = (uint8_t)(d % 8 < 4 ? half : *byte | half << 4);
            sum += numbers[i] * multiplier;
        }
    }
    ((float *)panel)[c] = unit;
    ((int32_t *)panel)[C16 + c] = sum;
}

void dixie_pack_panel(enum dixie_format format, const float *weights, size_t depth_stride,
                      size_t column_stride, size_t depth, size_t columns, void *panel) {
    size_t stored = stored_depth(format, depth);
    float column[stored + 1];
    for (size_t c = 0; c < C16; c++) {
        // A column beyond the last one is all zeros.
        read_column(weights + c * column_stride, depth_stride, c < columns ? depth : 0, stored,
                    column);
        switch (format) {
            case dixie_format_f32:
                for (size_t d = 0; d < stored; d++) ((float *)panel)[d * C16 + c] = column[d];
                break;
            case dixie_format_bf16:
                for (size_t d = 0; d < stored; d++) {
                    ((uint16_t *)panel)[(d / 2 * C16 + c) * 2 + d % 2] = bf16_of(column[d]);
                }
                break;
            case dixie_format_int8: pack_int8(column, stored, c, panel); break;
            case dixie_format_int4: pack_int4(column, stored, depth, c, panel); break;
        }
    }
}

/// The whole number that stands for a weight.
static int number_at(enum dixie_format format, const void *panel, size_t depth, size_t d,
                     size_t c) {
    if (format == dixie_format_int8) return panel_int8(panel)[(d / 4 * C16 + c) * 4 + d % 4];
    uint8_t byte = panel_halves(panel, depth)[(d / 8 * C16 + c) * 4 + d % 4];
    int half = (d % 8 < 4 ? byte & 15 : byte >> 4) - 8;
    return half * panel_multipliers(panel)[d / GROUP * C16 + c];
}

static float weight_at(enum dixie_format format, const void *panel, size_t depth, size_t d,
                       size_t c) {
    switch (format) {
        case dixie_format_f32: return ((const float *)panel)[d * C16 + c];
        case dixie_format_bf16:
            return float_of_bf16(((const uint16_t *)panel)[(d / 2 * C16 + c) * 2 + d % 2]);
        case dixie_format_int8:
        case dixie_format_int4: break;
    }
    return panel_scales(panel)[c] * (float)number_at(format, panel, depth, d, c);
}

void dixie_unpack_panel(enum dixie_format format, const void *panel, size_t depth, float *weights) {
    for (size_t d = 0; d < depth; d++) {
        for (size_t c = 0; c < C16; c++) {
            weights[d * C16 + c] = weight_at(format, panel, depth, d, c);
        }
    }
}

void dixie_unpack_column(enum dixie_format format, const void *panel, size_t depth, size_t column,
                         float *weights) {
    for (size_t d = 0; d < depth; d++) weights[d] = weight_at(format, panel, depth, d, column);
}
