#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bf16.h"

// AMX in plain C, after Intel's manual. Where the processor would raise an exception, this ends the
// program with the reason.

enum { tile_count = 8, most_rows = 16, most_bytes = 64 };

struct tile {
    unsigned rows, bytes_per_row;
    union {
        int8_t int8[most_rows][most_bytes];
        uint16_t bf16[most_rows][most_bytes / 2];
        int32_t int32[most_rows][most_bytes / 4];
        float f32[most_rows][most_bytes / 4];
    } of;
};

// Each file that includes this has its own, and only one of the kernels' does.
static struct tile emulated_tiles[tile_count];
static int is_configured;

static inline void allow(int is_allowed, const char *otherwise) {
    if (is_allowed) return;
    fprintf(stderr, "failed: AMX: %s\n", otherwise);
    exit(1);
}

static inline struct tile *tile_at(int number) {
    allow(is_configured, "the tiles are not configured");
    allow(number >= 0 && number < tile_count, "there is no such tile");
    allow(emulated_tiles[number].rows > 0, "a tile of no rows is used");
    return emulated_tiles + number;
}

static inline void emulated_loadconfig(const void *memory) {
    const uint8_t *bytes = memory;
    allow(bytes[0] == 1, "the only palette is 1");
    for (int i = 2; i < 16; i++) allow(bytes[i] == 0, "a reserved byte is not 0");
    for (int i = 0; i < 16; i++) {
        uint16_t bytes_per_row;
        memcpy(&bytes_per_row, bytes + 16 + 2 * i, sizeof bytes_per_row);
        unsigned rows = bytes[48 + i];
        if (i >= tile_count) {
            allow(rows == 0 && bytes_per_row == 0, "a tile beyond the last is configured");
            continue;
        }
        allow(rows <= most_rows && bytes_per_row <= most_bytes, "a tile is too large");
        allow((rows == 0) == (bytes_per_row == 0), "a tile has rows or columns only");
        emulated_tiles[i] = (struct tile){.rows = rows, .bytes_per_row = bytes_per_row};
    }
    is_configured = 1;
}

static inline void emulated_release(void) {
    memset(emulated_tiles, 0, sizeof emulated_tiles);
    is_configured = 0;
}

static inline void emulated_zero(int number) {
    memset(&tile_at(number)->of, 0, sizeof emulated_tiles->of);
}

static inline void emulated_loadd(int number, const void *base, ptrdiff_t stride) {
    struct tile *tile = tile_at(number);
    memset(&tile->of, 0, sizeof tile->of);
    for (unsigned r = 0; r < tile->rows; r++) {
        memcpy(tile->of.int8[r], (const char *)base + (ptrdiff_t)r * stride, tile->bytes_per_row);
    }
}

static inline void emulated_stored(int number, void *base, ptrdiff_t stride) {
    const struct tile *tile = tile_at(number);
    for (unsigned r = 0; r < tile->rows; r++) {
        memcpy((char *)base + (ptrdiff_t)r * stride, tile->of.int8[r], tile->bytes_per_row);
    }
}

/// Whether a product of two tiles can be added to a third.
static inline void allow_product(int to, int a, int b) {
    const struct tile *sums = tile_at(to), *rows = tile_at(a), *columns = tile_at(b);
    allow(to != a && to != b && a != b, "a product names a tile twice");
    allow(sums->bytes_per_row % 4 == 0 && rows->bytes_per_row % 4 == 0,
          "a row is no whole number of fours");
    allow(sums->rows == rows->rows, "the result has other rows than the first factor");
    allow(sums->bytes_per_row == columns->bytes_per_row,
          "the result has other columns than the second factor");
    allow(rows->bytes_per_row / 4 == columns->rows, "the factors do not fit each other");
}

/// Clears what a tile has beyond its rows and columns, as every product does.
static inline void clear_beyond(struct tile *tile) {
    for (unsigned r = 0; r < most_rows; r++) {
        unsigned kept = r < tile->rows ? tile->bytes_per_row : 0;
        memset(tile->of.int8[r] + kept, 0, most_bytes - kept);
    }
}

static inline void emulated_dpbssd(int to, int a, int b) {
    allow_product(to, a, b);
    struct tile *sums = tile_at(to);
    const struct tile *rows = tile_at(a), *columns = tile_at(b);
    for (unsigned m = 0; m < sums->rows; m++) {
        for (unsigned k = 0; k < rows->bytes_per_row / 4; k++) {
            for (unsigned n = 0; n < sums->bytes_per_row / 4; n++) {
                for (unsigned i = 0; i < 4; i++) {
                    int product = rows->of.int8[m][4 * k + i] * columns->of.int8[k][4 * n + i];
                    // The instruction's sums wrap around.
                    sums->of.int32[m][n] = (int32_t)((uint32_t)sums->of.int32[m][n] +
                                                     (uint32_t)product);
                }
            }
        }
    }
    clear_beyond(sums);
}

static inline void emulated_dpbf16ps(int to, int a, int b) {
    allow_product(to, a, b);
    struct tile *sums = tile_at(to);
    const struct tile *rows = tile_at(a), *columns = tile_at(b);
    for (unsigned m = 0; m < sums->rows; m++) {
        // The first of all pairs are added up, and the second of all, before they come together.
        float apart[most_bytes / 4][2] = {{0}};
        for (unsigned k = 0; k < rows->bytes_per_row / 4; k++) {
            for (unsigned n = 0; n < sums->bytes_per_row / 4; n++) {
                for (unsigned i = 0; i < 2; i++) {
                    apart[n][i] = add_product(apart[n][i], rows->of.bf16[m][2 * k + i],
                                              columns->of.bf16[k][2 * n + i]);
                }
            }
        }
        for (unsigned n = 0; n < sums->bytes_per_row / 4; n++) {
            float both = flushed(apart[n][0] + apart[n][1]);
            sums->of.f32[m][n] = flushed(flushed(sums->of.f32[m][n]) + both);
        }
    }
    clear_beyond(sums);
}

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbssd
#undef _tile_dpbf16ps
#define _tile_loadconfig emulated_loadconfig
#define _tile_release emulated_release
#define _tile_zero emulated_zero
#define _tile_loadd(number, base, stride) emulated_loadd(number, base, (ptrdiff_t)(stride))
#define _tile_stored(number, base, stride) emulated_stored(number, base, (ptrdiff_t)(stride))
#define _tile_dpbssd emulated_dpbssd
#define _tile_dpbf16ps emulated_dpbf16ps
