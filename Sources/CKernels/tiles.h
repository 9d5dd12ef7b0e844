#pragma once
#include "levels.h"
#include "panels.h"

// A tile is what one kernel computes at a time: a few rows by a few panels, all of it in registers.
// Its size is constant in each kernel, so its loops are unrolled.

typedef float f32x16_anywhere __attribute__((vector_size(64), aligned(4)));

/// What every kernel of a product is told.
struct product {
    const struct dixie_weights *weights;
    const char *rows;
    size_t row_stride;
    const struct dixie_epilogue *epilogue;
    float *results;
    size_t result_stride;
};

BODY const void *panel_of(const struct product *product, size_t panel) {
    const struct dixie_weights *weights = product->weights;
    return (const char *)weights->panels +
           panel * panel_size(weights->format, weights->depth);
}

/// Asks for the line that the next tile reads when this one reads `here`: a few rows are done with a
/// panel before the next has come from memory, and the processor looks ahead only within one.
BODY void fetch_next(const void *here, size_t bytes_ahead) {
    __builtin_prefetch((const char *)here + bytes_ahead);
}

BODY const void *row_of(const struct product *product, size_t row) {
    return product->rows + row * product->row_stride;
}

/// Where the rows of a tile are read. An address plus a stride, once or twice, is an address too: so a
/// loop counts up two for six rows.
struct cursor {
    const char *first, *fourth;
    size_t stride;
};

BODY struct cursor cursor_at(const struct product *product, size_t row, const int rows,
                             size_t offset) {
    size_t stride = product->row_stride;
    const char *first = (const char *)row_of(product, row) + offset;
    return (struct cursor){first, rows > 3 ? first + 3 * stride : first, stride};
}

BODY const void *row_under(const struct cursor *cursor, const int row) {
    return (row < 3 ? cursor->first : cursor->fourth) + row % 3 * cursor->stride;
}

BODY void advance(struct cursor *cursor, size_t bytes) {
    cursor->first += bytes;
    cursor->fourth += bytes;
}

/// GPT-2's GELU of 16 numbers.
BODY void gelu(f32x16 *x) {
    f32x16 v = *x, e = v * (1.0f + 0.044715f * v * v) * -1.59576912f;
    exponential(&e);
    *x = v / (1.0f + e);
}

/// Finishes 16 columns of a row.
BODY void finish(const struct product *product, size_t row, size_t panel, const f32x16 *result) {
    size_t column = panel * C16;
    size_t left = product->weights->columns - column;
    float *out = product->results + row * product->result_stride + column;
    f32x16 v = *result, other;
    if (product->epilogue->bias) {
        load(&other, product->epilogue->bias + column, left, 0);
        v += other;
    }
    if (product->epilogue->finish == dixie_finish_gelu) gelu(&v);
    if (product->epilogue->finish == dixie_finish_add) {
        load(&other, out, left, 0);
        v += other;
    }
    store(out, &v, left);
}

/// Makes a sum of 16 columns a float again, and finishes it. In steps, so that no level multiplies and
/// adds at once: all give the same bits.
BODY void finish_numbers(const struct product *product, size_t row, size_t panel,
                         const i32x16 *sums) {
    const void *base = panel_of(product, panel), *x = row_of(product, row);
    f32x16 zeros = __builtin_convertvector(*(const i32x16 *)panel_sums(base), f32x16);
    zeros *= row_zero(x);
    f32x16 result = __builtin_convertvector(*sums, f32x16);
    result *= row_scale(x);
    result += zeros;
    result *= *(const f32x16 *)panel_scales(base);
    finish(product, row, panel, &result);
}

/// The first of as few parts as hold no more than `most` each: 8 are 4 and 4 rather than 6 and 2, which
/// would keep fewer sums going than the processor can.
BODY size_t even_part(size_t count, size_t most) {
    size_t parts = (count + most - 1) / most;
    return (count + parts - 1) / parts;
}

/// Where `rows` is R: a tile of P panels, or of one where fewer are left.
#define TILE_OF(R, P, tile, kind)                                                                \
    else if (rows == R) {                                                                        \
        if (end_of_group - panel >= P) {                                                         \
            tile(product, kind, R, P, row, panel);                                               \
            panel += P;                                                                          \
        } else {                                                                                 \
            tile(product, kind, R, 1, row, panel);                                               \
            panel += 1;                                                                          \
        }                                                                                        \
    }

/// Defines `name`, which computes some panels for all rows, in tiles of 1 to MOST rows by P1 to P6
/// panels: what the registers have room for. One row reads several panels side by side, which the
/// processor fetches as streams of their own; with many rows a group of panels stays in the cache
/// while all rows go by.
#define TILED(name, target, tile, kind, MOST, P1, P2, P3, P4, P5, P6)                            \
    target static void name(const struct product *product, size_t row_count, size_t first,       \
                            size_t count) {                                                      \
        size_t end = first + count, group = row_count < 4 ? P1 : P6;                             \
        for (size_t start = first; start < end; start += group) {                                \
            size_t end_of_group = end - start < group ? end : start + group;                     \
            for (size_t row = 0, rows; row < row_count; row += rows) {                           \
                rows = even_part(row_count - row, MOST);                                         \
                for (size_t panel = start; panel < end_of_group;) {                              \
                    if (0) {}                                                                    \
                    TILE_OF(1, P1, tile, kind) TILE_OF(2, P2, tile, kind)                        \
                    TILE_OF(3, P3, tile, kind) TILE_OF(4, P4, tile, kind)                        \
                    TILE_OF(5, P5, tile, kind) TILE_OF(6, P6, tile, kind)                        \
                }                                                                                \
            }                                                                                    \
        }                                                                                        \
    }
