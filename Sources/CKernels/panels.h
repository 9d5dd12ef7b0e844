#pragma once
#include "multiply.h"

// Where things stand in a panel and in a prepared row; see multiply.h.

enum { C16 = dixie_panel_columns, GROUP = dixie_group_depth };

static inline size_t round_up(size_t count, size_t multiple) {
    return (count + multiple - 1) / multiple * multiple;
}

/// The depth as it is stored.
static inline size_t stored_depth(enum dixie_format format, size_t depth) {
    switch (format) {
        case dixie_format_f32: return depth;
        case dixie_format_bf16: return round_up(depth, 32);
        case dixie_format_int8: return round_up(depth, 64);
        case dixie_format_int4: return round_up(depth, 128);
    }
    return depth;
}

/// See `dixie_panel_size`.
static inline size_t panel_size(enum dixie_format format, size_t depth) {
    size_t stored = stored_depth(format, depth);
    switch (format) {
        case dixie_format_f32: return stored * C16 * 4;
        case dixie_format_bf16: return stored * C16 * 2;
        case dixie_format_int8: return 8 * C16 + stored * C16;
        case dixie_format_int4: return 8 * C16 + stored / GROUP * C16 + stored / 2 * C16;
    }
    return 0;
}

/// Of int8 and int4.
static inline const float *panel_scales(const void *panel) { return panel; }
static inline const int32_t *panel_sums(const void *panel) {
    return (const int32_t *)panel + C16;
}
static inline const int8_t *panel_int8(const void *panel) {
    return (const int8_t *)panel + 8 * C16;
}
static inline const uint8_t *panel_multipliers(const void *panel) {
    return (const uint8_t *)panel + 8 * C16;
}
static inline const uint8_t *panel_halves(const void *panel, size_t depth) {
    return panel_multipliers(panel) + stored_depth(dixie_format_int4, depth) / GROUP * C16;
}

// A prepared row: its scale and its zero, in a cache line of their own, then its numbers; a number
// stands for itself times the scale, plus the zero. For int4, what the upper halves' and lower halves'
// 8 too much comes to follows: for every 32 of depth two int16, -8 times the sum of the numbers at even
// pairs and at odd ones.

/// The bytes before the numbers.
enum { row_numbers = 64 };

/// Whether the numbers of a row are from 0 to 127 rather than from -127 to 127. AVX2 multiplies bytes
/// fastest where one factor has no sign, and adds neighbours up in 16 bits, where two products of 8
/// bits have no room.
static inline int has_seven_bits(enum dixie_level level, enum dixie_format format) {
    return format == dixie_format_int8 && level >= dixie_level_avx2 &&
           level < dixie_level_avx512_vnni;
}

static inline float row_scale(const void *row) { return ((const float *)row)[0]; }
static inline float row_zero(const void *row) { return ((const float *)row)[1]; }
static inline const int8_t *row_int8(const void *row) { return (const int8_t *)row + row_numbers; }
static inline const uint16_t *row_bf16(const void *row) {
    return (const uint16_t *)((const char *)row + row_numbers);
}
static inline const int32_t *row_offsets(const void *row, size_t depth) {
    return (const int32_t *)(row_int8(row) + stored_depth(dixie_format_int4, depth));
}

/// The nearest bf16, ties to even.
static inline uint16_t bf16_of(float x) {
    union {
        float value;
        uint32_t bits;
    } u = {x};
    if ((u.bits & 0x7FFFFFFF) > 0x7F800000) return (uint16_t)(u.bits >> 16 | 0x40);
    return (uint16_t)((u.bits + 0x7FFF + (u.bits >> 16 & 1)) >> 16);
}

static inline float float_of_bf16(uint16_t x) {
    union {
        uint32_t bits;
        float value;
    } u = {(uint32_t)x << 16};
    return u.value;
}
