#pragma once
#include <stddef.h>
#include <stdint.h>

#include "CKernels.h"

// Products of activations and weights, as serving needs them: few rows or many by weights that never
// change, and that are laid out once in the order in which the kernels read them.
//
// Whatever the format, a result depends on its own row and column alone: on no other row, nor on how
// many there are, nor on which thread computes it. Floats are added up in one order over the depth;
// whole numbers have no order.

/// How weights are kept.
enum dixie_format {
    dixie_format_f32 = 0,
    /// The upper half of an f32, rounded to nearest, ties to even.
    dixie_format_bf16 = 1,
    /// Whole numbers from -127 to 127, and a scale for each column. Activations become whole numbers
    /// too, 8 bits of them or 7 by level, with a scale and a zero for each row: its least and greatest
    /// are the ends of the range.
    dixie_format_int8 = 2,
    /// Whole numbers from -7 to 7; for each column and each 32 of its depth a multiplier from 1 to
    /// 18; and a scale for each column. A number times its multiplier is an int8.
    dixie_format_int4 = 3,
};

enum {
    /// Columns that lie side by side, and are computed together.
    dixie_panel_columns = 16,
    /// Depth that an int4 multiplier is for.
    dixie_group_depth = 32,
    /// Prepared rows are shared by so many at most of what reads them at once.
    dixie_alignment = 64,
};

/// A weight matrix of `depth` × `columns`, cut into panels of 16 columns, the last one filled up with
/// zeros; panels lie one after another, each `dixie_panel_size` bytes, from a multiple of 64 on.
///
///     f32   [depth][16] floats
///     bf16  [depth / 2][16][2], two neighbours in depth side by side
///     int8  [16] scales, [16] sums of the column, [depth / 4][16][4]
///     int4  [16] scales, [16] sums of the column, [depth / 32][16] multipliers, [depth / 8][16][4]
///           bytes, whose lower halves are the first four in depth, plus 8, and whose upper halves
///           the next four
///
/// with the depth filled up to a multiple of 32 in bf16, of 64 in int8 and of 128 in int4.
struct dixie_weights {
    enum dixie_format format;
    size_t depth;
    size_t columns;
    const void *panels;
};

/// Bytes of one panel, a multiple of 64.
size_t dixie_panel_size(enum dixie_format format, size_t depth);

/// Lays out one panel of weights.
///
/// `weights` has `columns` of at most 16 columns; the one at depth d and column c is at
/// `weights[d * depth_stride + c * column_stride]`.
void dixie_pack_panel(enum dixie_format format, const float *weights, size_t depth_stride,
                      size_t column_stride, size_t depth, size_t columns, void *panel);

/// The weights of a panel as floats again: [depth][16]. What the packed form means, for tests and
/// for reading rows out of it.
void dixie_unpack_panel(enum dixie_format format, const void *panel, size_t depth, float *weights);

/// One column of a panel, as floats.
void dixie_unpack_column(enum dixie_format format, const void *panel, size_t depth, size_t column,
                         float *weights);

/// Bytes of a row of activations as the kernels of a format want it, a multiple of 64; 0 where they
/// take floats as they are.
size_t dixie_prepared_size(enum dixie_level level, enum dixie_format format, size_t depth);

/// Makes a row of floats into one the kernels want.
void dixie_prepare_row(enum dixie_level level, enum dixie_format format, const float *x,
                       size_t depth, void *prepared);

/// What is done with a product before it is stored.
struct dixie_epilogue {
    /// Added to each row, one for each column; null for none.
    const float *bias;
    enum dixie_finish {
        dixie_finish_store = 0,
        dixie_finish_gelu = 1,  // GELU of it is stored
        dixie_finish_add = 2,   // it is added to what stands there
    } finish;
};

/// results[r][c] = rows[r] · weights[·][c], finished, for all columns of some panels.
///
/// `rows` are floats or prepared, `row_stride` bytes apart; prepared ones are aligned to 64 bytes.
/// `results` begin with column 0, `result_stride` floats apart.
void dixie_multiply(enum dixie_level level, const struct dixie_weights *weights, const void *rows,
                    size_t row_stride, size_t row_count, size_t first_panel, size_t panel_count,
                    const struct dixie_epilogue *epilogue, float *results, size_t result_stride);

/// The same in plain loops and double precision, from prepared rows or floats.
void dixie_multiply_reference(enum dixie_level level, const struct dixie_weights *weights,
                              const void *rows, size_t row_stride, size_t row_count,
                              size_t first_panel, size_t panel_count,
                              const struct dixie_epilogue *epilogue, float *results,
                              size_t result_stride);
