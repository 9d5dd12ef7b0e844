#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

// Attention over a cache: as Tests/ComputeTests/AttentionKernelTests.swift has it.

static const char *const number_names[] = {"f32", "bf16"};

static struct dixie_cache new_cache(size_t width, size_t positions, int is_bf16) {
    size_t size = is_bf16 ? 2 : 4;
    size_t keys = dixie_cache_key_count(width, positions) * size;
    size_t values = dixie_cache_value_count(width, positions) * size;
    struct dixie_cache cache = {aligned(keys), aligned(values), width, is_bf16};
    memset(cache.keys, 0, keys);
    memset(cache.values, 0, values);
    return cache;
}

static void free_cache(struct dixie_cache cache) { free(cache.keys), free(cache.values); }

/// Stores random keys and values from a position to another.
static void fill(enum dixie_level level, const struct dixie_cache *cache, struct random *random,
                 size_t first, size_t end, float most) {
    float key[cache->width], value[cache->width];
    for (size_t position = first; position < end; position++) {
        fill_randomly(random, key, cache->width, -most, most);
        fill_randomly(random, value, cache->width, -most, most);
        dixie_cache_store(level, cache, position, key, value);
    }
}

static void references(enum dixie_level level, int is_bf16) {
    static const size_t widths[] = {1, 8, 16, 20, 33, 64, 80};
    static const size_t spans[][2] = {
        {0, 1}, {0, 5}, {61, 9}, {63, 1}, {64, 4}, {127, 70}, {199, 1},
    };
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        size_t width = widths[i], stride = width + 3;
        struct random random = {width};
        struct dixie_cache cache = new_cache(width, 200, is_bf16);
        fill(level, &cache, &random, 0, 200, 2);
        for (size_t j = 0; j < sizeof spans / sizeof *spans; j++) {
            size_t first = spans[j][0], count = spans[j][1];
            where("attention, %s, width %zu, %zu queries from %zu", number_names[is_bf16], width,
                  count, first);
            float *queries = random_floats(&random, count * stride, -2, 2);
            float *fast = random_floats(&random, count * stride, -2, 2);
            float *reference = aligned(count * stride * 4);
            // What lies between the rows stays as it is.
            memcpy(reference, fast, count * stride * 4);
            dixie_attend(level, &cache, queries, stride, count, first, 0.125f, fast, stride);
            dixie_attend_reference(&cache, queries, stride, count, first, 0.125f, reference,
                                   stride);
            expect_near(fast, reference, count * stride, 2e-6f);
            free(queries), free(fast), free(reference);
        }
        free_cache(cache);
    }
}

static void chunks(enum dixie_level level, int is_bf16, size_t width) {
    static const size_t counts[] = {1, 2, 3, 5, 4, 6, 8, 9, 23, 7, 64, 57, 11};
    struct random random = {1};
    struct dixie_cache cache = new_cache(width, 200, is_bf16);
    fill(level, &cache, &random, 0, 200, 2);
    float *queries = random_floats(&random, 200 * width, -2, 2);
    float *together = aligned(200 * width * 4), *apart = aligned(200 * width * 4);
    dixie_attend(level, &cache, queries, width, 200, 0, 0.125f, together, width);
    for (size_t first = 0, i = 0; first < 200; first += counts[i++]) {
        where("attention in chunks, %s, width %zu, %zu queries from %zu", number_names[is_bf16],
              width, counts[i], first);
        size_t start = first * width;
        dixie_attend(level, &cache, queries + start, width, counts[i], first, 0.125f,
                     apart + start, width);
        expect_same(apart + start, together + start, counts[i] * width);
    }
    free(queries), free(together), free(apart), free_cache(cache);
}

static void later_positions(enum dixie_level level, int is_bf16) {
    where("attention before later positions, %s", number_names[is_bf16]);
    struct random random = {3};
    struct dixie_cache cache = new_cache(16, 100, is_bf16);
    fill(level, &cache, &random, 0, 100, 2);
    float query[16], before[16], after[16];
    fill_randomly(&random, query, 16, -2, 2);
    dixie_attend(level, &cache, query, 16, 1, 70, 0.125f, before, 16);
    fill(level, &cache, &random, 71, 100, 90);
    dixie_attend(level, &cache, query, 16, 1, 70, 0.125f, after, 16);
    expect_same(after, before, 16);
    free_cache(cache);
}

static void scores_far_apart(enum dixie_level level) {
    where("attention to scores far apart");
    struct random random = {5};
    struct dixie_cache cache = new_cache(16, 130, 0);
    fill(level, &cache, &random, 0, 130, 2);
    float key[16] = {1e15f}, value[16], query[16] = {1e15f}, result[16];
    for (int i = 0; i < 16; i++) value[i] = 7;
    dixie_cache_store(level, &cache, 100, key, value);
    dixie_attend(level, &cache, query, 16, 1, 129, 0.125f, result, 16);
    expect_near(result, value, 16, 1e-5f);
    query[0] = -1e15f;
    dixie_attend(level, &cache, query, 16, 1, 129, 0.125f, result, 16);
    // Any mean of the other values, which are from -2 to 2.
    expect_near(result, (const float[16]){0}, 16, 2);
    free_cache(cache);
}

void check_attention(enum dixie_level level) {
    for (int is_bf16 = 0; is_bf16 < 2; is_bf16++) references(level, is_bf16);
    passed("attention equals its reference");
    for (int is_bf16 = 0; is_bf16 < 2; is_bf16++) {
        chunks(level, is_bf16, 16), chunks(level, is_bf16, 20);
        chunks(level, is_bf16, 64), chunks(level, is_bf16, 80);
    }
    passed("a query alone and among others gives the same bits");
    for (int is_bf16 = 0; is_bf16 < 2; is_bf16++) later_positions(level, is_bf16);
    passed("later positions are not seen");
    scores_far_apart(level);
    passed("scores far apart are no trouble");
}
