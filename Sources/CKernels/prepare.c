#include "levels.h"
#include "panels.h"

size_t dixie_prepared_size(enum dixie_level level, enum dixie_format format, size_t depth) {
    size_t stored = stored_depth(format, depth);
    switch (format) {
        case dixie_format_f32: return 0;
        case dixie_format_bf16:
            return level >= dixie_level_avx512_bf16 ? row_numbers + stored * 2 : 0;
        case dixie_format_int8: return row_numbers + stored;
        case dixie_format_int4: return row_numbers + round_up(stored + stored / GROUP * 4, 64);
    }
    return 0;
}

typedef int8_t i8x16 __attribute__((vector_size(16)));
typedef int16_t i16x16 __attribute__((vector_size(32)));

/// Makes a row whole numbers, from its least number as `least` to its greatest as 127.
BODY void round_row(const float *x, size_t depth, size_t stored, int least, char *row) {
    f32x16 v, low = (f32x16){} + x[0], high = low, nothing = {};
    for (size_t i = 0; i < depth; i += 16) {
        load(&v, x + i, depth - i, x[0]);
        low = __builtin_elementwise_min(low, v);
        high = __builtin_elementwise_max(high, v);
        nothing += v * 0;
    }
    low = -low;
    float lowest = -greatest_of(&low), highest = greatest_of(&high);
    float range = highest - lowest, steps = (float)(127 - least);
    // Where all are equal, or all but nothing, the zero says all there is.
    float inverse = range > 1e-30f ? steps / range : 0, scale = range / steps;
    // Minimum and maximum pass over what is no number; the results must not.
    ((float *)row)[0] = scale + sum_of(&nothing);
    // In statements of their own, here and below: a level that multiplies and adds at once would make
    // other numbers of what is near a half.
    float shift = scale * (float)least;
    ((float *)row)[1] = lowest - shift;
    int8_t *numbers = (int8_t *)row_int8(row);
    // Adding 1.5 * 2^23 leaves the nearest whole number, ties to even, in the low bits.
    const f32x16 magic = (f32x16){} + 12582912.0f;
    for (size_t i = 0; i < stored; i += 16) {
        load(&v, x + i, i < depth ? depth - i : 0, lowest);
        v -= lowest;
        v *= inverse;
        i32x16 nearest = (i32x16)(v + magic) - (i32x16)magic + least;
        i8x16 narrow = __builtin_convertvector(nearest, i8x16);
        memcpy(numbers + i, &narrow, 16);
    }
}

BODY void prepare_row(enum dixie_format format, int least, const float *x, size_t depth,
                      void *prepared) {
    char *row = prepared;
    size_t stored = stored_depth(format, depth);
    if (format == dixie_format_bf16) {
        uint16_t *numbers = (uint16_t *)row_bf16(row);
        *(float *)row = 1;
        for (size_t i = 0; i < depth; i++) numbers[i] = bf16_of(x[i]);
        for (size_t i = depth; i < stored; i++) numbers[i] = 0;
        return;
    }
    round_row(x, depth, stored, least, row);
    if (format != dixie_format_int4) return;
    const int8_t *numbers = row_int8(row);
    int16_t *offsets = (int16_t *)row_offsets(row, depth);
    for (size_t group = 0; group < stored / GROUP; group++) {
        i8x16 halves[2];
        memcpy(halves, numbers + group * GROUP, sizeof halves);
        i16x16 sums = __builtin_convertvector(halves[0], i16x16);
        sums += __builtin_convertvector(halves[1], i16x16);
        // Those 8 and then those 4 lanes away, so that the first four have all.
        sums += __builtin_shufflevector(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5,
                                        6, 7);
        sums += __builtin_shufflevector(sums, sums, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9,
                                        10, 11);
        offsets[2 * group] = (int16_t)(-8 * (sums[0] + sums[1]));
        offsets[2 * group + 1] = (int16_t)(-8 * (sums[2] + sums[3]));
    }
}

#define PREPARE(name, target)                                                                   \
    target static void name(enum dixie_format format, int least, const float *x, size_t depth,  \
                            void *row) {                                                        \
        prepare_row(format, least, x, depth, row);                                              \
    }
PREPARE(prepare_portable, )
PREPARE(prepare_avx2, TARGET_AVX2)
PREPARE(prepare_avx512, TARGET_AVX512)

void dixie_prepare_row(enum dixie_level level, enum dixie_format format, const float *x,
                       size_t depth, void *prepared) {
    int least = has_seven_bits(level, format) ? 0 : -127;
    if (level >= dixie_level_avx512) return prepare_avx512(format, least, x, depth, prepared);
    if (level >= dixie_level_avx2) return prepare_avx2(format, least, x, depth, prepared);
    prepare_portable(format, least, x, depth, prepared);
}
