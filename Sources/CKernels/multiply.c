#include "multiply.h"

#include <math.h>

#include "multiply_levels.h"
#include "tiles.h"

/// From how many rows on tiles of AMX are faster than vectors, for whole numbers, where both give the
/// same.
enum { rows_worth_tiles = 5 };

void dixie_multiply(enum dixie_level level, const struct dixie_weights *weights, const void *rows,
                    size_t row_stride, size_t row_count, size_t first_panel, size_t panel_count,
                    const struct dixie_epilogue *epilogue, float *results, size_t result_stride) {
    const struct product product = {
        weights, rows, row_stride, epilogue, results, result_stride,
    };
    int has_tiles = level >= dixie_level_amx;
    switch (weights->format) {
        case dixie_format_f32:
            return multiply_f32(level, &product, row_count, first_panel, panel_count);
        case dixie_format_bf16:
            // Vectors and tiles add in other orders, so one of them does all.
            if (has_tiles) return multiply_amx(&product, row_count, first_panel, panel_count);
            if (level >= dixie_level_avx512_bf16) {
                return multiply_bf16(&product, row_count, first_panel, panel_count);
            }
            return multiply_bf16_by_floats(level, &product, row_count, first_panel, panel_count);
        case dixie_format_int8:
            if (has_tiles && row_count >= rows_worth_tiles) {
                return multiply_amx(&product, row_count, first_panel, panel_count);
            }
            return multiply_int8(level, &product, row_count, first_panel, panel_count);
        case dixie_format_int4:
            if (has_tiles && row_count >= rows_worth_tiles) {
                return multiply_amx(&product, row_count, first_panel, panel_count);
            }
            return multiply_int4(level, &product, row_count, first_panel, panel_count);
    }
}

/// What one number of a row is, as the kernels of the format see it.
static double row_value(enum dixie_format format, int is_prepared, const void *row, size_t d) {
    if (!is_prepared) return ((const float *)row)[d];
    if (format == dixie_format_bf16) return float_of_bf16(row_bf16(row)[d]);
    return (double)row_int8(row)[d] * row_scale(row) + row_zero(row);
}

void dixie_multiply_reference(enum dixie_level level, const struct dixie_weights *weights,
                              const void *rows, size_t row_stride, size_t row_count,
                              size_t first_panel, size_t panel_count,
                              const struct dixie_epilogue *epilogue, float *results,
                              size_t result_stride) {
    size_t depth = weights->depth;
    int is_prepared = dixie_prepared_size(level, weights->format, depth) > 0;
    size_t size = dixie_panel_size(weights->format, depth);
    float panel_weights[depth * C16];
    for (size_t panel = first_panel; panel < first_panel + panel_count; panel++) {
        dixie_unpack_panel(weights->format, (const char *)weights->panels + panel * size, depth,
                           panel_weights);
        for (size_t r = 0; r < row_count; r++) {
            const void *row = (const char *)rows + r * row_stride;
            for (size_t c = 0; c < C16 && panel * C16 + c < weights->columns; c++) {
                size_t column = panel * C16 + c;
                double sum = 0;
                for (size_t d = 0; d < depth; d++) {
                    sum += row_value(weights->format, is_prepared, row, d) *
                           panel_weights[d * C16 + c];
                }
                if (epilogue->bias) sum += epilogue->bias[column];
                if (epilogue->finish == dixie_finish_gelu) {
                    sum = 0.5 * sum *
                          (1 + tanh(0.7978845608028654 * (sum + 0.044715 * sum * sum * sum)));
                }
                float *out = results + r * result_stride + column;
                *out = (float)(epilogue->finish == dixie_finish_add ? *out + sum : sum);
            }
        }
    }
}
