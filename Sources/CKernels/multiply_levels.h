#pragma once
#include "multiply.h"

// The products of each format, a file each; `multiply.c` chooses among them.

struct product;

void multiply_f32(enum dixie_level level, const struct product *product, size_t row_count,
                  size_t first, size_t count);
void multiply_bf16_by_floats(enum dixie_level level, const struct product *product,
                             size_t row_count, size_t first, size_t count);
/// From rows in bf16.
void multiply_bf16(const struct product *product, size_t row_count, size_t first, size_t count);
void multiply_int8(enum dixie_level level, const struct product *product, size_t row_count,
                   size_t first, size_t count);
void multiply_int4(enum dixie_level level, const struct product *product, size_t row_count,
                   size_t first, size_t count);
/// On 64-bit ARM: by what every one has, and by SDOT.
void int8_neon(const struct product *product, size_t row_count, size_t first, size_t count);
void int4_neon(const struct product *product, size_t row_count, size_t first, size_t count);
void int8_neon_dot(const struct product *product, size_t row_count, size_t first, size_t count);
void int4_neon_dot(const struct product *product, size_t row_count, size_t first, size_t count);
/// In tiles of AMX; int4 too, made int8 panel by panel.
void multiply_amx(const struct product *product, size_t row_count, size_t first, size_t count);
