#include <math.h>

#include "levels.h"
#include "panels.h"

size_t dixie_prepared_size(enum dixie_level level, enum dixie_format format, size_t depth) {
    size_t stored = stored_depth(format, depth);
    switch (format) {
        case dixie_format_f32: return 0;
        case dixie_format_bf16:
            return level >= dixie_level_avx512_bf16 ? 64 + stored * 2 : 0;
        case dixie_format_int8: return 64 + (has_pairs(level, format) ? 3 : 1) * stored;
        case dixie_format_int4: return 64 + round_up(stored + stored / GROUP * 4, 64);
    }
    return 0;
}

typedef int8_t i8x16 __attribute__((vector_size(16)));
typedef int16_t i16x16 __attribute__((vector_size(32)));

/// Makes a row whole numbers from -127 to 127.
BODY void round_row(const float *x, size_t depth, size_t stored, int with_pairs, char *row) {
    f32x16 v, most = {}, nothing = {};
    for (size_t i = 0; i < depth; i += 16) {
        load(&v, x + i, depth - i, 0);
        most = __builtin_elementwise_max(most, __builtin_elementwise_abs(v));
        nothing += v * 0;
    }
    float largest = most[0];
    for (int lane = 1; lane < 16; lane++) largest = fmaxf(largest, most[lane]);
    float inverse = largest > 0 ? 127 / largest : 0;
    // A maximum passes over what is no number; the results must not.
    *(float *)row = largest / 127 + sum_of(&nothing);
    int8_t *numbers = (int8_t *)row_int8(row);
    // Adding 1.5 * 2^23 leaves the nearest whole number, ties to even, in the low bits.
    const f32x16 magic = (f32x16){} + 12582912.0f;
    for (size_t i = 0; i < stored; i += 16) {
        load(&v, x + i, i < depth ? depth - i : 0, 0);
        // Rounded before the sum too, in a statement of its own: a level that multiplies and adds at
        // once would make other numbers of what is near a half.
        v *= inverse;
        i32x16 nearest = (i32x16)(v + magic) - (i32x16)magic;
        i8x16 narrow = __builtin_convertvector(nearest, i8x16);
        memcpy(numbers + i, &narrow, 16);
        if (with_pairs) {
            i16x16 wide = __builtin_convertvector(nearest, i16x16);
            wide = __builtin_shufflevector(wide, wide, 0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14,
                                           13, 15);
            memcpy((int16_t *)row_pairs(row, stored) + i, &wide, sizeof wide);
        }
    }
}

BODY void prepare_row(enum dixie_format format, int with_pairs, const float *x,
                                 size_t depth, void *prepared) {
    char *row = prepared;
    size_t stored = stored_depth(format, depth);
    if (format == dixie_format_bf16) {
        uint16_t *numbers = (uint16_t *)row_bf16(row);
        *(float *)row = 1;
        for (size_t i = 0; i < depth; i++) numbers[i] = bf16_of(x[i]);
        for (size_t i = depth; i < stored; i++) numbers[i] = 0;
        return;
    }
    round_row(x, depth, stored, with_pairs, row);
    if (format != dixie_format_int4) return;
    const int8_t *numbers = row_int8(row);
    int16_t *offsets = (int16_t *)row_offsets(row, depth);
    for (size_t group = 0; group < stored / GROUP; group++) {
        int sums[2] = {0, 0};
        for (int i = 0; i < GROUP; i++) sums[i / 2 % 2] += numbers[group * GROUP + i];
        offsets[2 * group] = (int16_t)(-8 * sums[0]);
        offsets[2 * group + 1] = (int16_t)(-8 * sums[1]);
    }
}

#define PREPARE(name, target)                                                                   \
    target static void name(enum dixie_format format, int with_pairs, const float *x, size_t depth, \
                            void *row) {                                                        \
        prepare_row(format, with_pairs, x, depth, row);                              \
    }
PREPARE(prepare_portable, )
PREPARE(prepare_avx2, TARGET_AVX2)
PREPARE(prepare_avx512, TARGET_AVX512)

void dixie_prepare_row(enum dixie_level level, enum dixie_format format, const float *x,
                       size_t depth, void *prepared) {
    int with_pairs = has_pairs(level, format);
    if (level >= dixie_level_avx512) return prepare_avx512(format, with_pairs, x, depth, prepared);
    if (level >= dixie_level_avx2) return prepare_avx2(format, with_pairs, x, depth, prepared);
    prepare_portable(format, with_pairs, x, depth, prepared);
}
