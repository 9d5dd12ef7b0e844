#include "multiply_levels.h"
#include "tiles.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Products of whole numbers. Sums of them are exact, so every level gives the same bits of the same
// rows.

// MARK: - In plain C

BODY void tile_int8(const struct product *product, int unused, const int rows, const int panels,
                    size_t row, size_t panel) {
    (void)unused;
    size_t depth = stored_depth(dixie_format_int8, product->weights->depth);
    UNROLLED for (int p = 0; p < panels; p++) {
        const int8_t *w = panel_int8(panel_of(product, panel + p));
        UNROLLED for (int r = 0; r < rows; r++) {
            const int8_t *x = row_int8(row_of(product, row + r));
            i32x16 sums = {};
            for (size_t d = 0; d < depth; d += 4) {
                for (int c = 0; c < C16; c++) {
                    for (int i = 0; i < 4; i++) sums[c] += w[d * C16 + c * 4 + i] * x[d + i];
                }
            }
            finish_numbers(product, row + r, panel + p, &sums);
        }
    }
}

BODY void tile_int4(const struct product *product, int unused, const int rows, const int panels,
                    size_t row, size_t panel) {
    (void)unused;
    size_t depth = stored_depth(dixie_format_int4, product->weights->depth);
    UNROLLED for (int p = 0; p < panels; p++) {
        const void *base = panel_of(product, panel + p);
        const uint8_t *halves = panel_halves(base, product->weights->depth);
        const uint8_t *multipliers = panel_multipliers(base);
        UNROLLED for (int r = 0; r < rows; r++) {
            const int8_t *x = row_int8(row_of(product, row + r));
            i32x16 sums = {};
            for (size_t d = 0; d < depth; d += 8) {
                for (int c = 0; c < C16; c++) {
                    int sum = 0;
                    for (int i = 0; i < 4; i++) {
                        int byte = halves[d / 2 * C16 + c * 4 + i];
                        sum += ((byte & 15) - 8) * x[d + i] + ((byte >> 4) - 8) * x[d + 4 + i];
                    }
                    sums[c] += sum * multipliers[d / GROUP * C16 + c];
                }
            }
            finish_numbers(product, row + r, panel + p, &sums);
        }
    }
}

TILED(int8_portable, , tile_int8, 0, 6, 1, 1, 1, 1, 1, 1)
TILED(int4_portable, , tile_int4, 0, 6, 1, 1, 1, 1, 1, 1)

#if defined(__x86_64__)

BODY int32_t four(const int8_t *x) {
    int32_t four;
    memcpy(&four, x, 4);
    return four;
}

// MARK: - AVX2

/// By rows of 7 bits, which make two neighbours' products fit into 16.
TARGET_AVX2 BODY void tile_int8_avx2(const struct product *product, int unused, const int rows,
                                     const int panels, size_t row, size_t panel) {
    (void)unused;
    size_t depth = stored_depth(dixie_format_int8, product->weights->depth);
    const __m256i ones = _mm256_set1_epi16(1);
    struct cursor x = cursor_at(product, row, rows, row_numbers);
    const int8_t *w[panels];
    __m256i sums[rows][panels][2];
    UNROLLED for (int p = 0; p < panels; p++) w[p] = panel_int8(panel_of(product, panel + p));
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            sums[r][p][0] = sums[r][p][1] = _mm256_setzero_si256();
        }
    }
    UNROLLED_BY(2) for (size_t d = 0; d < depth; d += 4) {
        UNROLLED for (int p = 0; p < panels; p++) {
            const __m256i *at = (const __m256i *)w[p];
            if (panels == 1) fetch_next(at, panel_size(dixie_format_int8, depth));
            __m256i v[2] = {_mm256_load_si256(at), _mm256_load_si256(at + 1)};
            w[p] += 4 * C16;
            UNROLLED for (int r = 0; r < rows; r++) {
                __m256i fours = _mm256_set1_epi32(four(row_under(&x, r)));
                UNROLLED for (int half = 0; half < 2; half++) {
                    __m256i pairs = _mm256_maddubs_epi16(fours, v[half]);
                    sums[r][p][half] =
                        _mm256_add_epi32(sums[r][p][half], _mm256_madd_epi16(pairs, ones));
                }
            }
        }
        advance(&x, 4);
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            i32x16 both;
            memcpy(&both, sums[r][p], sizeof both);
            finish_numbers(product, row + r, panel + p, &both);
        }
    }
}

/// A group's products, whose lower factor is from 0 to 15, fit into 16 bits together; they begin with
/// what the 8 too much comes to. So the multiplier's product is also what makes them 32 bits.
TARGET_AVX2 BODY void tile_int4_avx2(const struct product *product, int unused, const int rows,
                                     const int panels, size_t row, size_t panel) {
    (void)unused;
    size_t true_depth = product->weights->depth;
    size_t groups = stored_depth(dixie_format_int4, true_depth) / GROUP;
    size_t size = panel_size(dixie_format_int4, true_depth);
    const __m256i low = _mm256_set1_epi8(15);
    const int8_t *x[rows];
    const int32_t *offsets[rows];
    __m256i sums[rows][panels][2];
    UNROLLED for (int r = 0; r < rows; r++) {
        x[r] = row_int8(row_of(product, row + r));
        offsets[r] = row_offsets(row_of(product, row + r), true_depth);
        UNROLLED for (int p = 0; p < panels; p++) {
            sums[r][p][0] = sums[r][p][1] = _mm256_setzero_si256();
        }
    }
    const uint8_t *w[panels], *multipliers[panels];
    UNROLLED for (int p = 0; p < panels; p++) {
        w[p] = panel_halves(panel_of(product, panel + p), true_depth);
        multipliers[p] = panel_multipliers(panel_of(product, panel + p));
    }
    for (size_t group = 0; group < groups; group++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            const uint8_t *of_group = w[p] + group * (GROUP / 2) * C16;
            UNROLLED for (int eight = 0; eight < GROUP / 8; eight++) {
                fetch_next(of_group + eight * 4 * C16, panels * size);
            }
            UNROLLED for (int half = 0; half < 2; half++) {
                __m256i pairs[rows];
                UNROLLED for (int r = 0; r < rows; r++) {
                    pairs[r] = _mm256_set1_epi32(offsets[r][group]);
                }
                UNROLLED for (int eight = 0; eight < GROUP / 8; eight++) {
                    const __m256i *from = (const __m256i *)(of_group + eight * 4 * C16);
                    __m256i v = _mm256_loadu_si256(from + half);
                    __m256i first = _mm256_and_si256(v, low);
                    __m256i second = _mm256_and_si256(_mm256_srli_epi16(v, 4), low);
                    UNROLLED for (int r = 0; r < rows; r++) {
                        const int8_t *at = x[r] + group * GROUP + eight * 8;
                        __m256i a = _mm256_maddubs_epi16(first, _mm256_set1_epi32(four(at)));
                        __m256i b = _mm256_maddubs_epi16(second, _mm256_set1_epi32(four(at + 4)));
                        pairs[r] = _mm256_add_epi16(pairs[r], _mm256_add_epi16(a, b));
                    }
                }
                __m256i multiplier = _mm256_cvtepu8_epi32(_mm_loadl_epi64(
                    (const __m128i *)(multipliers[p] + group * C16 + half * 8)));
                multiplier = _mm256_or_si256(multiplier, _mm256_slli_epi32(multiplier, 16));
                UNROLLED for (int r = 0; r < rows; r++) {
                    sums[r][p][half] = _mm256_add_epi32(
                        sums[r][p][half], _mm256_madd_epi16(pairs[r], multiplier));
                }
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            i32x16 both;
            memcpy(&both, sums[r][p], sizeof both);
            finish_numbers(product, row + r, panel + p, &both);
        }
    }
}

TILED(int8_avx2, TARGET_AVX2, tile_int8_avx2, 0, 6, 4, 1, 1, 1, 1, 1)
TILED(int4_avx2, TARGET_AVX2, tile_int4_avx2, 0, 4, 1, 1, 1, 1, 1, 1)

// MARK: - AVX-512 with VNNI

/// The instruction wants one factor without a sign: x plus 128, which the column's sum takes back.
TARGET_VNNI BODY void tile_int8_vnni(const struct product *product, int unused, const int rows,
                                     const int panels, size_t row, size_t panel) {
    (void)unused;
    size_t depth = stored_depth(dixie_format_int8, product->weights->depth);
    const int8_t *x[rows], *w[panels];
    __m512i sums[rows][panels];
    UNROLLED for (int p = 0; p < panels; p++) w[p] = panel_int8(panel_of(product, panel + p));
    UNROLLED for (int r = 0; r < rows; r++) {
        x[r] = row_int8(row_of(product, row + r));
        UNROLLED for (int p = 0; p < panels; p++) {
            const int32_t *all = panel_sums(panel_of(product, panel + p));
            sums[r][p] = _mm512_mullo_epi32(_mm512_load_si512(all), _mm512_set1_epi32(-128));
        }
    }
    for (size_t d = 0; d < depth; d += 4) {
        __m512i v[panels];
        UNROLLED for (int p = 0; p < panels; p++) v[p] = _mm512_load_si512(w[p] + d * C16);
        UNROLLED for (int r = 0; r < rows; r++) {
            __m512i shifted = _mm512_set1_epi32(four(x[r] + d) ^ (int32_t)0x80808080);
            UNROLLED for (int p = 0; p < panels; p++) {
                sums[r][p] = _mm512_dpbusd_epi32(sums[r][p], shifted, v[p]);
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            i32x16 both;
            memcpy(&both, &sums[r][p], sizeof both);
            finish_numbers(product, row + r, panel + p, &both);
        }
    }
}

TARGET_VNNI BODY void tile_int4_vnni(const struct product *product, int unused, const int rows,
                                     const int panels, size_t row, size_t panel) {
    (void)unused;
    size_t true_depth = product->weights->depth;
    size_t groups = stored_depth(dixie_format_int4, true_depth) / GROUP;
    const __m512i low = _mm512_set1_epi8(15);
    const int8_t *x[rows];
    const int16_t *offsets[rows];
    __m512i sums[rows][panels];
    UNROLLED for (int r = 0; r < rows; r++) {
        x[r] = row_int8(row_of(product, row + r));
        offsets[r] = (const int16_t *)row_offsets(row_of(product, row + r), true_depth);
        UNROLLED for (int p = 0; p < panels; p++) sums[r][p] = _mm512_setzero_si512();
    }
    const uint8_t *w[panels], *multipliers[panels];
    UNROLLED for (int p = 0; p < panels; p++) {
        w[p] = panel_halves(panel_of(product, panel + p), true_depth);
        multipliers[p] = panel_multipliers(panel_of(product, panel + p));
    }
    for (size_t group = 0; group < groups; group++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            __m512i ofGroup[rows];
            UNROLLED for (int r = 0; r < rows; r++) {
                ofGroup[r] = _mm512_set1_epi32(offsets[r][2 * group] + offsets[r][2 * group + 1]);
            }
            UNROLLED for (int eight = 0; eight < GROUP / 8; eight++) {
                __m512i v = _mm512_load_si512(w[p] + (group * (GROUP / 8) + eight) * 4 * C16);
                __m512i first = _mm512_and_si512(v, low);
                __m512i second = _mm512_and_si512(_mm512_srli_epi16(v, 4), low);
                UNROLLED for (int r = 0; r < rows; r++) {
                    const int8_t *at = x[r] + group * GROUP + eight * 8;
                    ofGroup[r] =
                        _mm512_dpbusd_epi32(ofGroup[r], first, _mm512_set1_epi32(four(at)));
                    ofGroup[r] =
                        _mm512_dpbusd_epi32(ofGroup[r], second, _mm512_set1_epi32(four(at + 4)));
                }
            }
            __m512i multiplier = _mm512_cvtepu8_epi32(
                _mm_loadu_si128((const __m128i *)(multipliers[p] + group * C16)));
            UNROLLED for (int r = 0; r < rows; r++) {
                sums[r][p] = _mm512_add_epi32(
                    sums[r][p], _mm512_mullo_epi32(ofGroup[r], multiplier));
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < panels; p++) {
            i32x16 both;
            memcpy(&both, &sums[r][p], sizeof both);
            finish_numbers(product, row + r, panel + p, &both);
        }
    }
}

TILED(int8_vnni, TARGET_VNNI, tile_int8_vnni, 0, 6, 4, 4, 4, 4, 4, 4)
TILED(int4_vnni, TARGET_VNNI, tile_int4_vnni, 0, 6, 4, 2, 2, 1, 1, 1)
#endif

void multiply_int8(enum dixie_level level, const struct product *product, size_t row_count,
                   size_t first, size_t count) {
#if defined(__x86_64__)
    if (level >= dixie_level_avx512_vnni) return int8_vnni(product, row_count, first, count);
    if (level >= dixie_level_avx2) return int8_avx2(product, row_count, first, count);
#elif defined(__aarch64__)
    if (level >= dixie_level_neon_dot) return int8_neon_dot(product, row_count, first, count);
    if (level >= dixie_level_neon) return int8_neon(product, row_count, first, count);
#endif
    (void)level;
    int8_portable(product, row_count, first, count);
}

void multiply_int4(enum dixie_level level, const struct product *product, size_t row_count,
                   size_t first, size_t count) {
#if defined(__x86_64__)
    if (level >= dixie_level_avx512_vnni) return int4_vnni(product, row_count, first, count);
    if (level >= dixie_level_avx2) return int4_avx2(product, row_count, first, count);
#elif defined(__aarch64__)
    if (level >= dixie_level_neon_dot) return int4_neon_dot(product, row_count, first, count);
    if (level >= dixie_level_neon) return int4_neon(product, row_count, first, count);
#endif
    (void)level;
    int4_portable(product, row_count, first, count);
}
