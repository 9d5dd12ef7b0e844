// Products of whole numbers by SDOT, which makes and adds up four at a time.
#if defined(__aarch64__)
#include <arm_neon.h>

#include "levels.h"
#include "multiply_levels.h"

#define TARGET_NEON __attribute__((target("dotprod")))

TARGET_NEON BODY int32x4_t add_fours(int32x4_t sums, int8x16_t w, int8x16_t x) {
    return vdotq_s32(sums, w, x);
}

#include "tiles_neon.h"

TILED(int8_tiles, TARGET_NEON, tile_int8, 0, 6, 4, 2, 2, 1, 1, 1)
TILED(int4_tiles, TARGET_NEON, tile_int4, 0, 6, 2, 2, 1, 1, 1, 1)

void int8_neon_dot(const struct product *product, size_t row_count, size_t first, size_t count) {
    int8_tiles(product, row_count, first, count);
}

void int4_neon_dot(const struct product *product, size_t row_count, size_t first, size_t count) {
    int4_tiles(product, row_count, first, count);
}
#endif
