#include "attention.h"

#include <math.h>

#include "levels.h"
#include "panels.h"

enum { BLOCK = dixie_key_block, LANES = 16, PARTS = BLOCK / LANES };

typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef uint32_t u32x16 __attribute__((vector_size(64)));

size_t dixie_cache_key_count(size_t width, size_t positions) {
    return width * round_up(positions, BLOCK);
}

size_t dixie_cache_value_count(size_t width, size_t positions) {
    return round_up(width, LANES) * round_up(positions, BLOCK);
}

/// The 16 numbers from `index` on, which is a multiple of 16.
BODY void numbers(const void *base, size_t index, const int is_bf16, f32x16 *result) {
    if (is_bf16) {
        u16x16 halves = *(const u16x16 *)((const uint16_t *)base + index);
        *result = (f32x16)(__builtin_convertvector(halves, u32x16) << 16);
    } else {
        *result = *(const f32x16 *)((const float *)base + index);
    }
}

/// Where half a block of keys or of values begins. One query is done with a half before the next one
/// has come from memory, and keys and values take turns, which the processor does not foresee: so each
/// is asked for while the one before is read.
BODY const char *half_block(const void *base, size_t width, const int is_bf16, size_t block,
                            size_t half) {
    return (const char *)base + (2 * block + half) * (BLOCK / 2) * width * (is_bf16 ? 2 : 4);
}

/// Some queries while they go through the blocks of keys: the highest score so far, and sums that are
/// relative to it.
struct progress {
    float highest;
    float weight;
};

/// scores[r][·] = queries[·][r] · keys, of the first `visible` keys of a block; 16 keys at a time, or
/// 32 for one query. Each is one chain of multiply-adds over the width.
BODY void score(const struct dixie_cache *cache, const int is_bf16, size_t stored_width, size_t block,
                size_t visible, const float *queries, const int rows, float (*scores)[BLOCK]) {
    const int parts = rows == 1 ? 2 : 1;
    const size_t step = parts * LANES * (is_bf16 ? 2 : 4), width = cache->width;
    for (size_t start = 0; start * LANES < visible; start += parts) {
        f32x16 sums[rows][parts];
        UNROLLED for (int r = 0; r < rows; r++) {
            UNROLLED for (int p = 0; p < parts; p++) sums[r][p] = (f32x16){};
        }
        const char *next = start == 0 ? half_block(cache->keys, width, is_bf16, block, 1)
                                      : half_block(cache->values, stored_width, is_bf16, block, 0);
        UNROLLED_BY(2) for (size_t d = 0; d < width; d++) {
            if (rows == 1) {
                UNROLLED for (size_t line = 0; line < step; line += 64) {
                    __builtin_prefetch(next + d * step + line);
                }
            }
            UNROLLED for (int p = 0; p < parts; p++) {
                f32x16 key;
                numbers(cache->keys, ((block * PARTS + start + p) * width + d) * LANES, is_bf16, &key);
                UNROLLED for (int r = 0; r < rows; r++) sums[r][p] += key * queries[d * rows + r];
            }
        }
        UNROLLED for (int r = 0; r < rows; r++) {
            UNROLLED for (int p = 0; p < parts; p++) {
                memcpy(scores[r] + (start + p) * LANES, &sums[r][p], sizeof sums[r][p]);
            }
        }
    }
}

/// How many keys of a block a position sees: at least one.
BODY size_t visible_keys(size_t position, size_t block) {
    size_t visible = position + 1 - block * BLOCK;
    return visible < BLOCK ? visible : BLOCK;
}

/// Makes the scores of a block weights relative to `highest`, of which those beyond `visible` keys are
/// 0, and gives their sum.
BODY float weigh(float *scores, size_t visible, float highest, float scale) {
    f32x16 v, sum = {};
    for (size_t start = 0; start < BLOCK; start += LANES) {
        f32x16 weights;
        v = (f32x16){};
        if (start < visible) {
            memcpy(&weights, scores + start, sizeof weights);
            weights = (weights - highest) * scale;
            exponential(&weights);
            load(&v, (const float *)&weights, visible - start, 0);
        }
        memcpy(scores + start, &v, sizeof v);
        sum += v;
    }
    return sum_of(&sum);
}

BODY float highest_of(const float *scores, size_t visible) {
    f32x16 v, most = (f32x16){} - INFINITY;
    for (size_t start = 0; start < visible; start += LANES) {
        load(&v, scores + start, visible - start, -INFINITY);
        most = __builtin_elementwise_max(most, v);
    }
    return greatest_of(&most);
}

/// Makes the scores of a block weights, and gives the factors that earlier sums shrink by.
BODY void weigh_rows(float (*scores)[BLOCK], size_t first_position, size_t block, float scale,
                     const int rows, struct progress *progress, f32x16 *factors) {
    f32x16 before = {}, after = {};
    UNROLLED for (int r = 0; r < rows; r++) {
        size_t visible = visible_keys(first_position + r, block);
        before[r] = progress[r].highest;
        after[r] = fmaxf(before[r], highest_of(scores[r], visible));
    }
    *factors = (before - after) * scale;
    exponential(factors);
    UNROLLED for (int r = 0; r < rows; r++) {
        // Before the first block there is nothing to shrink.
        if (before[r] == -INFINITY) (*factors)[r] = 0;
        float weight = weigh(scores[r], visible_keys(first_position + r, block), after[r], scale);
        progress[r].weight = progress[r].weight * (*factors)[r] + weight;
        progress[r].highest = after[r];
    }
}

/// results[r] = results[r] * factors[r] + weights[r] · the first `visible` values of a block, one after
/// another, in some columns from `column` on, 16 each part.
BODY void gather_columns(const struct dixie_cache *cache, const int is_bf16, size_t stored_width,
                         size_t block, size_t visible, float (*weights)[BLOCK],
                         const f32x16 *factors, const int rows, const int parts, size_t column,
                         float *results) {
    const size_t size = is_bf16 ? 2 : 4;
    // In place of the second half: the first half of the next block's keys.
    const char *ahead[2] = {
        half_block(cache->values, stored_width, is_bf16, block, 1),
        half_block(cache->keys, cache->width, is_bf16, block + 1, 0) -
            BLOCK / 2 * stored_width * size,
    };
    f32x16 sums[rows][parts];
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < parts; p++) {
            const float *from = results + r * stored_width + column + p * LANES;
            sums[r][p] = *(const f32x16 *)from * (*factors)[r];
        }
    }
    UNROLLED_BY(2) for (size_t key = 0; key < visible; key++) {
        const char *next = ahead[key >= BLOCK / 2] + (key * stored_width + column) * size;
        UNROLLED for (int p = 0; p < parts; p++) {
            if (rows == 1 && p * LANES * size % 64 == 0) {
                __builtin_prefetch(next + p * LANES * size);
            }
            f32x16 value;
            size_t index = (block * BLOCK + key) * stored_width + column + p * LANES;
            numbers(cache->values, index, is_bf16, &value);
            UNROLLED for (int r = 0; r < rows; r++) sums[r][p] += value * weights[r][key];
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int p = 0; p < parts; p++) {
            *(f32x16 *)(results + r * stored_width + column + p * LANES) = sums[r][p];
        }
    }
}

/// Of all columns: for one query 64 at a time, so that additions need not wait for each other.
BODY void gather(const struct dixie_cache *cache, const int is_bf16, size_t stored_width,
                 size_t block, size_t visible, float (*weights)[BLOCK], const f32x16 *factors,
                 const int rows, float *results) {
    size_t column = 0;
    if (rows == 1) {
        for (; column + 4 * LANES <= stored_width; column += 4 * LANES) {
            gather_columns(cache, is_bf16, stored_width, block, visible, weights, factors, 1, 4,
                           column, results);
        }
    }
    for (; column < stored_width; column += LANES) {
        gather_columns(cache, is_bf16, stored_width, block, visible, weights, factors, rows, 1,
                       column, results);
    }
}

BODY void one_block(const struct dixie_cache *cache, const int is_bf16, size_t stored_width,
                    size_t block, const float *queries, size_t first_position, float scale,
                    const int rows, struct progress *progress, float *sums) {
    _Alignas(64) float scores[rows][BLOCK];
    f32x16 factors;
    size_t visible = visible_keys(first_position + rows - 1, block);
    score(cache, is_bf16, stored_width, block, visible, queries, rows, scores);
    weigh_rows(scores, first_position, block, scale, rows, progress, &factors);
    gather(cache, is_bf16, stored_width, block, visible, scores, &factors, rows, sums);
}

/// Some queries, one after another. Those of a group go together through the blocks that all of them
/// see from the first key on, and alone through the one that only its last see.
BODY void attend_group(const struct dixie_cache *cache, const int is_bf16, const float *queries,
                       size_t query_stride, const int rows, size_t position, float scale,
                       float *results, size_t result_stride) {
    size_t width = cache->width, stored_width = round_up(width, LANES);
    _Alignas(64) float sums[rows * stored_width], together[rows * width];
    struct progress progress[rows];
    memset(sums, 0, sizeof sums);
    UNROLLED for (int r = 0; r < rows; r++) {
        progress[r] = (struct progress){-INFINITY, 0};
        for (size_t d = 0; d < width; d++) together[d * rows + r] = queries[r * query_stride + d];
    }
    size_t block = 0;
    for (; block <= position / BLOCK; block++) {
        one_block(cache, is_bf16, stored_width, block, together, position, scale, rows, progress,
                  sums);
    }
    for (; block <= (position + rows - 1) / BLOCK; block++) {
        for (size_t r = block * BLOCK - position; r < (size_t)rows; r++) {
            one_block(cache, is_bf16, stored_width, block, queries + r * query_stride,
                      position + r, scale, 1, progress + r, sums + r * stored_width);
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        float inverse = 1 / progress[r].weight;
        for (size_t column = 0; column < width; column += LANES) {
            f32x16 v = *(const f32x16 *)(sums + r * stored_width + column) * inverse;
            store(results + r * result_stride + column, &v, width - column);
        }
    }
}

BODY void attend(const struct dixie_cache *cache, const int is_bf16, const float *queries,
                 size_t query_stride, size_t query_count, size_t first_position, float scale,
                 float *results, size_t result_stride) {
    for (size_t start = 0, rows; start < query_count; start += rows) {
        size_t left = query_count - start, position = first_position + start;
        const float *from = queries + start * query_stride;
        float *to = results + start * result_stride;
        // 8 are 4 and 4 rather than 6 and two alone.
        rows = left >= 6 && left != 8 && left != 9 ? 6 : left >= 4 ? 4 : 1;
#define GROUP_OF(R)                                                                               \
    attend_group(cache, is_bf16, from, query_stride, R, position, scale, to, result_stride)
        if (rows == 6) GROUP_OF(6);
        if (rows == 4) GROUP_OF(4);
        if (rows == 1) GROUP_OF(1);
    }
}

BODY void dixie_attend_body(const struct dixie_cache *cache, const float *queries,
                            size_t query_stride, size_t query_count, size_t first_position,
                            float scale, float *results, size_t result_stride) {
    if (cache->is_bf16) {
        attend(cache, 1, queries, query_stride, query_count, first_position, scale, results,
               result_stride);
    } else {
        attend(cache, 0, queries, query_stride, query_count, first_position, scale, results,
               result_stride);
    }
}

DISPATCHED(dixie_attend,
           (cache, queries, query_stride, query_count, first_position, scale, results,
            result_stride),
           const struct dixie_cache *cache, const float *queries, size_t query_stride,
           size_t query_count, size_t first_position, float scale, float *results,
           size_t result_stride)

BODY void dixie_cache_store_body(const struct dixie_cache *cache, size_t position, const float *key,
                                 const float *value) {
    size_t width = cache->width;
    size_t first_key = position / LANES * LANES * width + position % LANES;
    size_t first_value = position * round_up(width, LANES);
    if (cache->is_bf16) {
        uint16_t *keys = (uint16_t *)cache->keys + first_key;
        uint16_t *values = (uint16_t *)cache->values + first_value, rounded[width];
        for (size_t d = 0; d < width; d++) rounded[d] = bf16_of(key[d]);
        for (size_t d = 0; d < width; d++) keys[d * LANES] = rounded[d];
        for (size_t d = 0; d < width; d++) values[d] = bf16_of(value[d]);
    } else {
        float *keys = (float *)cache->keys + first_key;
        for (size_t d = 0; d < width; d++) keys[d * LANES] = key[d];
        memcpy((float *)cache->values + first_value, value, width * sizeof *value);
    }
}

DISPATCHED(dixie_cache_store, (cache, position, key, value), const struct dixie_cache *cache,
           size_t position, const float *key, const float *value)

static double number_at(const void *base, int is_bf16, size_t index) {
    return is_bf16 ? float_of_bf16(((const uint16_t *)base)[index]) : ((const float *)base)[index];
}

void dixie_attend_reference(const struct dixie_cache *cache, const float *queries,
                            size_t query_stride, size_t query_count, size_t first_position,
                            float scale, float *results, size_t result_stride) {
    size_t width = cache->width, stored_width = round_up(width, LANES);
    for (size_t i = 0; i < query_count; i++) {
        size_t count = first_position + i + 1;
        double highest = -INFINITY, sum = 0, scores[count];
        for (size_t key = 0; key < count; key++) {
            size_t first = key / LANES * LANES * width + key % LANES;
            scores[key] = 0;
            for (size_t d = 0; d < width; d++) {
                scores[key] += queries[i * query_stride + d] *
                               number_at(cache->keys, cache->is_bf16, first + d * LANES);
            }
            highest = fmax(highest, scores[key]);
        }
        for (size_t key = 0; key < count; key++) {
            scores[key] = exp((scores[key] - highest) * scale);
            sum += scores[key];
        }
        for (size_t d = 0; d < width; d++) {
            double total = 0;
            for (size_t key = 0; key < count; key++) {
                total += scores[key] *
                         number_at(cache->values, cache->is_bf16, key * stored_width + d);
            }
            results[i * result_stride + d] = (float)(total / sum);
        }
    }
}
