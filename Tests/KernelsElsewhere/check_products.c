#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

// Products by packed weights: as Tests/ComputeTests/ProductKernelTests.swift has them.

static const char *const format_names[] = {"f32", "bf16", "int8", "int4"};
static const char *const finish_names[] = {"stored", "through GELU", "added"};
enum { formats = 4, finishes = 3 };

/// Packs a matrix whose rows lie `columns` apart; its panels are to be freed.
static struct dixie_weights pack(enum dixie_format format, const float *floats, size_t depth,
                                 size_t columns) {
    size_t size = dixie_panel_size(format, depth);
    char *panels = aligned((columns + 15) / 16 * size);
    for (size_t first = 0; first < columns; first += 16) {
        dixie_pack_panel(format, floats + first, columns, 1, depth,
                         columns - first < 16 ? columns - first : 16, panels + first / 16 * size);
    }
    return (struct dixie_weights){format, depth, columns, panels};
}

static struct dixie_weights random_weights(struct random *random, enum dixie_format format,
                                           size_t depth, size_t columns) {
    float *floats = random_floats(random, depth * columns, -1, 1);
    struct dixie_weights weights = pack(format, floats, depth, columns);
    free(floats);
    return weights;
}

struct rows {
    size_t count, stride;
    char *bytes;
};

/// Some rows as a format wants them, to be freed.
static struct rows prepare(enum dixie_level level, enum dixie_format format, const float *floats,
                           size_t depth, size_t count) {
    size_t size = dixie_prepared_size(level, format, depth);
    struct rows rows = {count, size ? size : depth * 4, 0};
    rows.bytes = aligned(count * rows.stride);
    for (size_t r = 0; r < count; r++) {
        if (size) {
            dixie_prepare_row(level, format, floats + r * depth, depth,
                              rows.bytes + r * rows.stride);
        } else {
            memcpy(rows.bytes + r * rows.stride, floats + r * depth, depth * 4);
        }
    }
    return rows;
}

/// The product of some rows by all panels, `step` of them at a time.
static void multiply(enum dixie_level level, const struct dixie_weights *weights,
                     const struct rows *rows, size_t step, const struct dixie_epilogue *epilogue,
                     float *results, size_t stride) {
    size_t panels = (weights->columns + 15) / 16;
    for (size_t first = 0; first < panels; first += step) {
        dixie_multiply(level, weights, rows->bytes, rows->stride, rows->count, first,
                       panels - first < step ? panels - first : step, epilogue, results, stride);
    }
}

static void references(enum dixie_level level, enum dixie_format format) {
    static const size_t shapes[][2] = {
        {1, 1}, {2, 3}, {31, 33}, {33, 31}, {80, 240}, {127, 129}, {129, 127}, {768, 80},
    };
    static const size_t counts[] = {1, 2, 3, 4, 5, 6, 7, 12, 17, 33};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t depth = shapes[i][0], columns = shapes[i][1], stride = columns + 3;
        struct random random = {depth};
        struct dixie_weights weights = random_weights(&random, format, depth, columns);
        float *bias = random_floats(&random, columns, -1, 1);
        for (size_t j = 0; j < sizeof counts / sizeof *counts * finishes; j++) {
            size_t count = counts[j / finishes], all = count * stride;
            struct dixie_epilogue epilogue = {bias, (enum dixie_finish)(j % finishes)};
            where("%s, %zu x %zu, %zu rows, %s", format_names[format], depth, columns, count,
                  finish_names[epilogue.finish]);
            float *floats = random_floats(&random, count * depth, -2, 2);
            struct rows rows = prepare(level, format, floats, depth, count);
            float *fast = random_floats(&random, all, -1, 1), *reference = aligned(all * 4);
            // What lies between the rows stays as it is.
            memcpy(reference, fast, all * 4);
            multiply(level, &weights, &rows, SIZE_MAX, &epilogue, fast, stride);
            dixie_multiply_reference(level, &weights, rows.bytes, rows.stride, count, 0,
                                     (columns + 15) / 16, &epilogue, reference, stride);
            expect_near(fast, reference, all, 3e-6f * fmaxf(1, magnitude(reference, all)));
            free(floats), free(rows.bytes), free(fast), free(reference);
        }
        free((void *)weights.panels), free(bias);
    }
}

/// What a reply is does not depend on who else is answered, nor on how panels are shared out.
static void rows_apart(enum dixie_level level, enum dixie_format format) {
    static const size_t shapes[][2] = {{80, 240}, {768, 100}};
    static const size_t chosen[] = {0, 5, 6, 16, 31, 32, 36};
    struct dixie_epilogue epilogue = {0, dixie_finish_gelu};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t depth = shapes[i][0], columns = shapes[i][1];
        struct random random = {9};
        struct dixie_weights weights = random_weights(&random, format, depth, columns);
        float *floats = random_floats(&random, 37 * depth, -2, 2);
        float *together = aligned(37 * columns * 4), *alone = aligned(columns * 4);
        struct rows all = prepare(level, format, floats, depth, 37);
        multiply(level, &weights, &all, SIZE_MAX, &epilogue, together, columns);
        for (size_t j = 0; j < sizeof chosen / sizeof *chosen; j++) {
            size_t row = chosen[j];
            where("%s, %zu x %zu, row %zu of 37 alone", format_names[format], depth, columns, row);
            struct rows one = prepare(level, format, floats + row * depth, depth, 1);
            multiply(level, &weights, &one, row % 5 + 1, &epilogue, alone, columns);
            expect_same(alone, together + row * columns, columns);
            free(one.bytes);
        }
        free((void *)weights.panels), free(floats), free(together), free(alone), free(all.bytes);
    }
}

/// Rows become the same whole numbers at every level, also where they are near to the middle of two.
/// Those for int4, that is: some levels have fewer bits for int8.
static void rounded_rows(enum dixie_level level) {
    enum { depth = 256, count = 4000 };
    struct random random = {11};
    where("whole numbers of a row, beside the portable level");
    float *floats = random_floats(&random, count * depth, -1, 1);
    // Of few digits, so that products with them often end in a half.
    for (size_t i = 0; i < count * depth; i++) floats[i] = rintf(floats[i] * 0x1p15f) * 0x1p-15f;
    struct rows rows = prepare(level, dixie_format_int4, floats, depth, count);
    struct rows portable = prepare(dixie_level_portable, dixie_format_int4, floats, depth, count);
    for (size_t r = 0; r < count; r++) {
        const char *a = rows.bytes + r * rows.stride;
        const char *b = portable.bytes + r * portable.stride;
        // Between the zero and the numbers nothing is written.
        if (memcmp(a, b, 8) || memcmp(a + 64, b + 64, depth)) fail("row %zu is another", r);
    }
    free(floats), free(rows.bytes), free(portable.bytes);
}

/// Sums of whole numbers are exact, so the way to them does not show.
static void whole_numbers(enum dixie_level level, enum dixie_format format) {
    enum { columns = 48 };
    static const size_t depths[] = {31, 129, 768}, counts[] = {1, 2, 3, 6, 40};
    for (size_t i = 0; i < 3 * 5 * 2; i++) {
        size_t depth = depths[i / 10], count = counts[i / 2 % 5];
        struct random random = {depth + count};
        struct dixie_weights weights = random_weights(&random, format, depth, columns);
        float *floats = random_floats(&random, count * depth, -2, 2);
        float *bias = random_floats(&random, columns, -1, 1);
        float *found = random_floats(&random, count * columns, -1, 1);
        float *wanted = aligned(count * columns * 4);
        memcpy(wanted, found, count * columns * 4);
        struct dixie_epilogue epilogue = {i % 2 ? bias : 0,
                                          i % 2 ? dixie_finish_add : dixie_finish_store};
        where("%s, depth %zu, %zu rows, beside the portable level", format_names[format], depth,
              count);
        struct rows rows = prepare(level, format, floats, depth, count);
        multiply(level, &weights, &rows, SIZE_MAX, &epilogue, found, columns);
        multiply(dixie_level_portable, &weights, &rows, SIZE_MAX, &epilogue, wanted, columns);
        expect_same(found, wanted, count * columns);
        free((void *)weights.panels), free(floats), free(bias), free(found), free(wanted);
        free(rows.bytes);
    }
}

/// All weights and nearly all activations at the end of their range: where sums would run over.
static void largest_numbers(enum dixie_level level, enum dixie_format format) {
    enum { depth = 6400, rows_together = 6 };
    float *floats = aligned(depth * 16 * 4), *activations = aligned(depth * rows_together * 4);
    float found[rows_together * 16], wanted[rows_together * 16];
    struct dixie_epilogue epilogue = {0, dixie_finish_store};
    for (int sign = -1; sign <= 1; sign += 2) {
        for (size_t i = 0; i < depth * 16; i++) floats[i] = (float)sign;
        for (size_t i = 0; i < depth * rows_together; i++) activations[i] = i % depth ? 3 : -3;
        for (int i = 0; i < rows_together * 16; i++) wanted[i] = 3.0f * (depth - 2) * (float)sign;
        struct dixie_weights weights = pack(format, floats, depth, 16);
        for (size_t count = 1; count <= rows_together; count += rows_together - 1) {
            where("%s, largest numbers, %zu rows", format_names[format], count);
            struct rows rows = prepare(level, format, activations, depth, count);
            multiply(level, &weights, &rows, 1, &epilogue, found, 16);
            expect_near(found, wanted, count * 16, 0.2f);
            free(rows.bytes);
        }
        free((void *)weights.panels);
    }
    free(floats), free(activations);
}

/// A row with something that is no number shows it in every column, and no other row does.
static void no_numbers(enum dixie_level level, enum dixie_format format) {
    enum { count = 6, depth = 80, columns = 16 };
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    struct random random = {2};
    struct dixie_weights weights = random_weights(&random, format, depth, columns);
    struct dixie_epilogue epilogue = {0, dixie_finish_store};
    for (int i = 0; i < 6; i++) {
        size_t rows_now = i < 3 ? 1 : count;
        where("%s, a row with %f", format_names[format], bad[i % 3]);
        float *floats = random_floats(&random, count * depth, -1, 1), results[count * columns];
        floats[41] = bad[i % 3];
        struct rows rows = prepare(level, format, floats, depth, rows_now);
        multiply(level, &weights, &rows, 1, &epilogue, results, columns);
        expect_finite(results, columns, 0);
        expect_finite(results + columns, (rows_now - 1) * columns, 1);
        free(floats), free(rows.bytes);
    }
    free((void *)weights.panels);
}

void check_products(enum dixie_level level) {
    for (int i = 0; i < formats; i++) references(level, (enum dixie_format)i);
    passed("products equal their references");
    for (int i = 0; i < formats; i++) rows_apart(level, (enum dixie_format)i);
    passed("a row alone and among others gives the same bits");
    rounded_rows(level);
    whole_numbers(level, dixie_format_int8);
    whole_numbers(level, dixie_format_int4);
    passed("whole numbers give the bits of plain loops");
    for (int i = 0; i < formats; i++) largest_numbers(level, (enum dixie_format)i);
    passed("the largest numbers do not overflow");
    for (int i = 0; i < formats; i++) no_numbers(level, (enum dixie_format)i);
    passed("what is no number shows, in its row alone");
}
