#pragma once
#include <stddef.h>

#include "CKernels.h"

// Causal attention of one head over a cache of keys and values.
//
// A result depends on its query and on the keys and values up to its position alone: they are taken
// 64 at a time, from positions that are multiples of 64, whether one query is asked about or many.

enum {
    /// A cache has room for a multiple of so many positions.
    dixie_key_block = 64,
    /// The widest head there may be.
    dixie_widest_head = 1024,
};

/// Keys and values of one head: floats, or bf16 where `is_bf16`.
///
///     keys    [positions / 16][width][16], 16 positions side by side
///     values  [positions][stored width], filled up with zeros to a multiple of 16
///
/// All of it is finite at any time, also where nothing has been stored yet.
struct dixie_cache {
    void *keys;
    void *values;
    size_t width;
    int is_bf16;
};

/// Numbers that the keys take for so many positions, and that the values do.
size_t dixie_cache_key_count(size_t width, size_t positions);
size_t dixie_cache_value_count(size_t width, size_t positions);

/// Puts the key and the value of one position into a cache.
void dixie_cache_store(enum dixie_level level, const struct dixie_cache *cache, size_t position,
                       const float *key, const float *value);

/// results[i] = softmax of (scale * queries[i] · keys) over positions up to `first_position` + i, times
/// the values. Rows lie `query_stride` and `result_stride` floats apart.
void dixie_attend(enum dixie_level level, const struct dixie_cache *cache, const float *queries,
                  size_t query_stride, size_t query_count, size_t first_position, float scale,
                  float *results, size_t result_stride);

/// The same in plain loops and double precision.
void dixie_attend_reference(const struct dixie_cache *cache, const float *queries,
                            size_t query_stride, size_t query_count, size_t first_position,
                            float scale, float *results, size_t result_stride);
