// Tiles of whole numbers on ARM. A file that includes this has defined TARGET_NEON, what its
// functions may use, and
//
//     int32x4_t add_fours(int32x4_t sums, int8x16_t w, int8x16_t x)
//
// which adds to each of four sums the products of its four numbers.

#include <arm_neon.h>

#include "tiles.h"

enum { QUADS = C16 / 4 };

/// Four neighbours in depth, for each of four columns.
TARGET_NEON BODY int8x16_t four_times(const int8_t *x) {
    return vreinterpretq_s8_s32(vld1q_dup_s32((const int32_t *)x));
}

TARGET_NEON BODY void tile_int8(const struct product *product, int unused, const int rows,
                                const int panels, size_t row, size_t panel) {
    (void)unused;
    size_t depth = stored_depth(dixie_format_int8, product->weights->depth);
    const int8_t *x[rows], *w[panels];
    int32x4_t sums[rows][panels][QUADS];
    UNROLLED for (int p = 0; p < panels; p++) w[p] = panel_int8(panel_of(product, panel + p));
    UNROLLED for (int r = 0; r < rows; r++) {
        x[r] = row_int8(row_of(product, row + r));
        UNROLLED for (int p = 0; p < panels; p++) {
            UNROLLED for (int quad = 0; quad < QUADS; quad++) sums[r][p][quad] = vdupq_n_s32(0);
        }
    }
    for (size_t d = 0; d < depth; d += 4) {
        int8x16_t four[rows];
        UNROLLED for (int r = 0; r < rows; r++) four[r] = four_times(x[r] + d);
        UNROLLED for (int p = 0; p < panels; p++) {
            UNROLLED for (int quad = 0; quad < QUADS; quad++) {
                int8x16_t v = vld1q_s8(w[p] + d * C16 + quad * 16);
                UNROLLED for (int r = 0; r < rows; r++) {
                    sums[r][p][quad] = add_fours(sums[r][p][quad], v, four[r]);
                }
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            i32x16 all;
            memcpy(&all, sums[r][p], sizeof all);
            finish_numbers(product, row + r, panel + p, &all);
        }
    }
}

TARGET_NEON BODY void tile_int4(const struct product *product, int unused, const int rows,
                                const int panels, size_t row, size_t panel) {
    (void)unused;
    size_t true_depth = product->weights->depth;
    size_t groups = stored_depth(dixie_format_int4, true_depth) / GROUP;
    const int8x16_t eight = vdupq_n_s8(8);
    const uint8x16_t low = vdupq_n_u8(15);
    const int8_t *x[rows];
    const uint8_t *w[panels], *multipliers[panels];
    int32x4_t sums[rows][panels][QUADS];
    UNROLLED for (int p = 0; p < panels; p++) {
        w[p] = panel_halves(panel_of(product, panel + p), true_depth);
        multipliers[p] = panel_multipliers(panel_of(product, panel + p));
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        x[r] = row_int8(row_of(product, row + r));
        UNROLLED for (int p = 0; p < panels; p++) {
            UNROLLED for (int quad = 0; quad < QUADS; quad++) sums[r][p][quad] = vdupq_n_s32(0);
        }
    }
    for (size_t group = 0; group < groups; group++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            UNROLLED for (int quad = 0; quad < QUADS; quad++) {
                int32x4_t of_group[rows];
                UNROLLED for (int r = 0; r < rows; r++) of_group[r] = vdupq_n_s32(0);
                UNROLLED for (int part = 0; part < GROUP / 8; part++) {
                    uint8x16_t v =
                        vld1q_u8(w[p] + ((group * (GROUP / 8) + part) * QUADS + quad) * 16);
                    int8x16_t first = vsubq_s8(vreinterpretq_s8_u8(vandq_u8(v, low)), eight);
                    int8x16_t second = vsubq_s8(vreinterpretq_s8_u8(vshrq_n_u8(v, 4)), eight);
                    UNROLLED for (int r = 0; r < rows; r++) {
                        const int8_t *at = x[r] + group * GROUP + part * 8;
                        of_group[r] = add_fours(of_group[r], first, four_times(at));
                        of_group[r] = add_fours(of_group[r], second, four_times(at + 4));
                    }
                }
                uint32_t four;
                memcpy(&four, multipliers[p] + group * C16 + quad * 4, sizeof four);
                uint16x8_t wide = vmovl_u8(vcreate_u8(four));
                int32x4_t multiplier = vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(wide)));
                UNROLLED for (int r = 0; r < rows; r++) {
                    sums[r][p][quad] = vmlaq_s32(sums[r][p][quad], of_group[r], multiplier);
                }
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            i32x16 all;
            memcpy(&all, sums[r][p], sizeof all);
            finish_numbers(product, row + r, panel + p, &all);
        }
    }
}
