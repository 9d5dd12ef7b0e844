// Products of whole numbers by what every 64-bit ARM has.
#if defined(__aarch64__)
#include <arm_neon.h>

#include "levels.h"
#include "multiply_levels.h"

#define TARGET_NEON

/// The sum of two products fits into 16 bits, as no number is -128.
BODY int32x4_t add_fours(int32x4_t sums, int8x16_t w, int8x16_t x) {
    int16x8_t first = vmull_s8(vget_low_s8(w), vget_low_s8(x));
    int16x8_t second = vmull_high_s8(w, x);
    return vpadalq_s16(sums, vpaddq_s16(first, second));
}

#include "tiles_neon.h"

TILED(int8_tiles, , tile_int8, 0, 6, 4, 2, 2, 1, 1, 1)
TILED(int4_tiles, , tile_int4, 0, 6, 2, 2, 1, 1, 1, 1)

void int8_neon(const struct product *product, size_t row_count, size_t first, size_t count) {
    int8_tiles(product, row_count, first, count);
}

void int4_neon(const struct product *product, size_t row_count, size_t first, size_t count) {
    int4_tiles(product, row_count, first, count);
}
#endif
