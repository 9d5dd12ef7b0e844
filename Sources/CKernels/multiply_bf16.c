#include "multiply_levels.h"
#include "tiles.h"

#if defined(__x86_64__)
#include <immintrin.h>

/// Two neighbours in depth are multiplied and added at once.
TARGET_BF16 BODY void tile_pairs(const struct product *product, int unused, const int rows,
                                 const int panels, size_t row, size_t panel) {
    (void)unused;
    size_t pairs = stored_depth(dixie_format_bf16, product->weights->depth) / 2;
    const uint16_t *x[rows];
    const __m512i *w[panels];
    __m512 sums[rows][panels];
    UNROLLED for (int p = 0; p < panels; p++) w[p] = panel_of(product, panel + p);
    UNROLLED for (int r = 0; r < rows; r++) {
        x[r] = row_bf16(row_of(product, row + r));
        UNROLLED for (int p = 0; p < panels; p++) sums[r][p] = _mm512_setzero_ps();
    }
    for (size_t pair = 0; pair < pairs; pair++) {
        __m512bh v[panels];
        UNROLLED for (int p = 0; p < panels; p++) v[p] = (__m512bh)_mm512_load_si512(w[p] + pair);
        UNROLLED for (int r = 0; r < rows; r++) {
            int32_t both;
            memcpy(&both, x[r] + 2 * pair, 4);
            __m512bh broadcast = (__m512bh)_mm512_set1_epi32(both);
            UNROLLED for (int p = 0; p < panels; p++) {
                sums[r][p] = _mm512_dpbf16_ps(sums[r][p], broadcast, v[p]);
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            f32x16 result;
            memcpy(&result, &sums[r][p], sizeof result);
            finish(product, row + r, panel + p, &result);
        }
    }
}

TILED(bf16_pairs, TARGET_BF16, tile_pairs, 0, 6, 4, 4, 4, 4, 4, 4)
#endif

void multiply_bf16(const struct product *product, size_t row_count, size_t first, size_t count) {
#if defined(__x86_64__)
    bf16_pairs(product, row_count, first, count);
#else
    (void)product, (void)row_count, (void)first, (void)count;
#endif
}
