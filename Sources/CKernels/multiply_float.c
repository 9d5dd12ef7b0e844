#include "multiply_levels.h"
#include "tiles.h"

// Products of floats by weights in f32 or bf16. Each result is one chain of multiply-adds from the
// first of the depth to the last.

typedef uint32_t u32x16 __attribute__((vector_size(64)));

BODY void tile_f32(const struct product *product, int unused, const int rows, const int panels,
                   size_t row, size_t panel) {
    (void)unused;
    size_t depth = product->weights->depth;
    struct cursor x = cursor_at(product, row, rows, 0);
    const f32x16 *w[panels];
    f32x16 sums[rows][panels];
    UNROLLED for (int p = 0; p < panels; p++) w[p] = panel_of(product, panel + p);
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) sums[r][p] = (f32x16){};
    }
    UNROLLED_BY(4) for (size_t d = 0; d < depth; d++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            if (panels == 1) fetch_next(w[p], panel_size(dixie_format_f32, depth));
            f32x16 weights = *w[p]++;
            UNROLLED for (int r = 0; r < rows; r++) {
                sums[r][p] += weights * *(const float *)row_under(&x, r);
            }
        }
        advance(&x, sizeof(float));
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) finish(product, row + r, panel + p, &sums[r][p]);
    }
}

BODY void tile_bf16(const struct product *product, int unused, const int rows, const int panels,
                    size_t row, size_t panel) {
    (void)unused;
    size_t depth = product->weights->depth;
    struct cursor x = cursor_at(product, row, rows, 0);
    const u32x16 *w[panels];
    f32x16 sums[rows][panels];
    UNROLLED for (int p = 0; p < panels; p++) w[p] = panel_of(product, panel + p);
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) sums[r][p] = (f32x16){};
    }
    UNROLLED_BY(2) for (size_t pair = 0; pair < depth / 2; pair++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            if (panels == 1) fetch_next(w[p], panel_size(dixie_format_bf16, depth));
            u32x16 both = *w[p]++;
            f32x16 even = (f32x16)(both << 16), odd = (f32x16)(both & 0xFFFF0000u);
            UNROLLED for (int r = 0; r < rows; r++) {
                const float *two = row_under(&x, r);
                sums[r][p] += even * two[0];
                sums[r][p] += odd * two[1];
            }
        }
        advance(&x, 2 * sizeof(float));
    }
    if (depth % 2) {
        UNROLLED for (int p = 0; p < panels; p++) {
            f32x16 even = (f32x16)(*w[p] << 16);
            UNROLLED for (int r = 0; r < rows; r++) {
                sums[r][p] += even * *(const float *)row_under(&x, r);
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) finish(product, row + r, panel + p, &sums[r][p]);
    }
}

TILED(f32_portable, , tile_f32, 0, 6, 2, 1, 1, 1, 1, 1)
TILED(f32_avx2, TARGET_AVX2, tile_f32, 0, 6, 4, 2, 1, 1, 1, 1)
TILED(f32_avx512, TARGET_AVX512, tile_f32, 0, 6, 4, 4, 4, 4, 4, 4)
TILED(bf16_portable, , tile_bf16, 0, 6, 2, 1, 1, 1, 1, 1)
TILED(bf16_avx2, TARGET_AVX2, tile_bf16, 0, 5, 4, 1, 1, 1, 1, 1)
TILED(bf16_avx512, TARGET_AVX512, tile_bf16, 0, 6, 4, 4, 4, 4, 4, 4)

void multiply_f32(enum dixie_level level, const struct product *product, size_t row_count,
                  size_t first, size_t count) {
    if (level >= dixie_level_avx512) return f32_avx512(product, row_count, first, count);
    if (level >= dixie_level_avx2) return f32_avx2(product, row_count, first, count);
    f32_portable(product, row_count, first, count);
}

void multiply_bf16_by_floats(enum dixie_level level, const struct product *product,
                             size_t row_count, size_t first, size_t count) {
    if (level >= dixie_level_avx512) return bf16_avx512(product, row_count, first, count);
    if (level >= dixie_level_avx2) return bf16_avx2(product, row_count, first, count);
    bf16_portable(product, row_count, first, count);
}
