#include "multiply_levels.h"
#include "tiles.h"

#if defined(__x86_64__)
#include <immintrin.h>

// A tile register holds 16 rows of 64 bytes. 0 to 3 are results, 16 rows by 16 columns each, of two
// blocks of rows by two panels; 4 and 5 are rows; 6 and 7 are weights, 64 bytes of depth by 16
// columns, as they lie in a panel.

struct tile_shapes {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes_per_row[16];
    uint8_t rows[16];
};

/// Sets the registers up for two blocks of so many rows; the second may have none.
TARGET_AMX static void configure(size_t first_rows, size_t second_rows) {
    struct tile_shapes shapes = {.palette = 1};
    const size_t rows[8] = {
        first_rows, first_rows, second_rows, second_rows, first_rows, second_rows, 16, 16,
    };
    for (int i = 0; i < 8; i++) {
        // A register that is not used is set up all the same: none of no rows may be.
        shapes.rows[i] = (uint8_t)(rows[i] ? rows[i] : 1);
        shapes.bytes_per_row[i] = 64;
    }
    _tile_loadconfig(&shapes);
}

/// Makes a panel of int4 one of int8.
TARGET_AMX static void widen(const void *panel, size_t true_depth, int8_t *wide) {
    size_t groups = stored_depth(dixie_format_int4, true_depth) / GROUP;
    const uint8_t *halves = panel_halves(panel, true_depth);
    const uint8_t *multipliers = panel_multipliers(panel);
    const __m512i low = _mm512_set1_epi8(15), eight = _mm512_set1_epi8(8);
    for (size_t group = 0; group < groups; group++) {
        // Four neighbours in depth share a multiplier. They are multiplied as 16 bits, of which the
        // lower 8 are right whatever the upper ones were.
        __m512i multiplier = _mm512_cvtepu8_epi32(
            _mm_loadu_si128((const __m128i *)(multipliers + group * C16)));
        multiplier = _mm512_or_si512(multiplier, _mm512_slli_epi32(multiplier, 16));
        for (int part = 0; part < GROUP / 8; part++) {
            __m512i v = _mm512_load_si512(halves + (group * (GROUP / 8) + part) * 4 * C16);
            __m512i both[2] = {
                _mm512_and_si512(v, low),
                _mm512_and_si512(_mm512_srli_epi16(v, 4), low),
            };
            for (int i = 0; i < 2; i++) {
                __m512i number = _mm512_sub_epi8(both[i], eight);
                __m512i even = _mm512_mullo_epi16(number, multiplier);
                __m512i odd = _mm512_mullo_epi16(_mm512_srli_epi16(number, 8), multiplier);
                even = _mm512_and_si512(even, _mm512_set1_epi16(0xFF));
                odd = _mm512_slli_epi16(odd, 8);
                _mm512_storeu_si512(wide + ((group * (GROUP / 8) + part) * 8 + i * 4) * C16,
                                    _mm512_or_si512(even, odd));
            }
        }
    }
}

TARGET_AMX BODY void finish_tile(const struct product *product, const void *tile, int is_whole,
                                 size_t row, size_t rows, size_t panel) {
    for (size_t r = 0; r < rows; r++) {
        const void *results = (const char *)tile + r * 64;
        if (is_whole) {
            finish_numbers(product, row + r, panel, results);
        } else {
            finish(product, row + r, panel, results);
        }
    }
}

/// Two blocks of up to 16 rows by up to two panels, whose weights are at `w`.
TARGET_AMX BODY void tiles(const struct product *product, const int is_whole, size_t steps,
                           size_t row, size_t first_rows, size_t second_rows, size_t panel,
                           size_t panels, const char *const w[2]) {
    const char *first = (const char *)row_of(product, row) + row_numbers;
    const char *second = first + first_rows * product->row_stride;
    size_t stride = product->row_stride;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t step = 0; step < steps; step++) {
        _tile_loadd(4, first + step * 64, stride);
        _tile_loadd(6, w[0] + step * 1024, 64);
        is_whole ? _tile_dpbssd(0, 4, 6) : _tile_dpbf16ps(0, 4, 6);
        if (second_rows) {
            _tile_loadd(5, second + step * 64, stride);
            is_whole ? _tile_dpbssd(2, 5, 6) : _tile_dpbf16ps(2, 5, 6);
        }
        if (panels < 2) continue;
        _tile_loadd(7, w[1] + step * 1024, 64);
        is_whole ? _tile_dpbssd(1, 4, 7) : _tile_dpbf16ps(1, 4, 7);
        if (second_rows) {
            is_whole ? _tile_dpbssd(3, 5, 7) : _tile_dpbf16ps(3, 5, 7);
        }
    }
    _Alignas(64) char results[4][1024];
    _tile_stored(0, results[0], 64);
    _tile_stored(1, results[1], 64);
    _tile_stored(2, results[2], 64);
    _tile_stored(3, results[3], 64);
    for (size_t p = 0; p < panels; p++) {
        finish_tile(product, results[p], is_whole, row, first_rows, panel + p);
        finish_tile(product, results[2 + p], is_whole, row + first_rows, second_rows, panel + p);
    }
}

TARGET_AMX void multiply_amx(const struct product *product, size_t row_count, size_t first,
                             size_t count) {
    const struct dixie_weights *weights = product->weights;
    enum dixie_format format = weights->format;
    size_t stored = stored_depth(format, weights->depth);
    size_t steps = format == dixie_format_bf16 ? stored / 32 : stored / 64;
    _Alignas(64) int8_t wide[2][format == dixie_format_int4 ? stored * C16 : 1];
    for (size_t panel = first; panel < first + count; panel += 2) {
        size_t panels = first + count - panel < 2 ? 1 : 2;
        const char *w[2] = {0, 0};
        for (size_t p = 0; p < panels; p++) {
            const void *base = panel_of(product, panel + p);
            if (format == dixie_format_int4) {
                widen(base, weights->depth, wide[p]);
                w[p] = (const char *)wide[p];
            } else {
                w[p] = format == dixie_format_int8 ? (const char *)panel_int8(base) : base;
            }
        }
        for (size_t row = 0; row < row_count; row += 32) {
            size_t left = row_count - row;
            size_t first_rows = left < 16 ? left : 16;
            size_t second_rows = left < 32 ? left - first_rows : 16;
            configure(first_rows, second_rows);
            if (format == dixie_format_bf16) {
                tiles(product, 0, steps, row, first_rows, second_rows, panel, panels, w);
            } else {
                tiles(product, 1, steps, row, first_rows, second_rows, panel, panels, w);
            }
        }
    }
    _tile_release();
}
#else
void multiply_amx(const struct product *product, size_t row_count, size_t first, size_t count) {
    (void)product, (void)row_count, (void)first, (void)count;
}
#endif
