#include "levels.h"

typedef uint32_t u32x16 __attribute__((vector_size(64)));
typedef uint64_t u64x16 __attribute__((vector_size(128)));

/// Philox 4x32-10, sixteen counters at a time; `CounterRandom` says the same one by one.
BODY void philox(u32x16 words[4], const unsigned key[2]) {
    uint32_t key0 = key[0], key1 = key[1];
    for (int round = 0; round < 10; round++) {
        u64x16 first = __builtin_convertvector(words[0], u64x16) * 0xD2511F53u;
        u64x16 second = __builtin_convertvector(words[2], u64x16) * 0xCD9E8D57u;
        words[0] = __builtin_convertvector(second >> 32, u32x16) ^ words[1] ^ key0;
        words[1] = __builtin_convertvector(second, u32x16);
        words[2] = __builtin_convertvector(first >> 32, u32x16) ^ words[3] ^ key1;
        words[3] = __builtin_convertvector(first, u32x16);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

// Elements i ... i + 63 take the words of sixteen counters: all first words, then all second ones.
BODY void dixie_drop_body(const struct dixie_dropout *dropout, float *x, size_t count) {
    u32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (size_t i = 0; i < count; i += 64) {
        u32x16 words[4] = {lane + (uint32_t)(i / 4), (u32x16){} + dropout->row,
                           (u32x16){} + dropout->window, (u32x16){} + dropout->site};
        philox(words, dropout->key);
        for (size_t part = 0; part < 4 && i + part * 16 < count; part++) {
            size_t at = i + part * 16;
            f32x16 v;
            load(&v, x + at, count - at, 0);
            // A comparison gives all ones where it holds, so this is v or 0.
            i32x16 kept = (i32x16)(words[part] >= (u32x16){} + dropout->threshold);
            v = (f32x16)((i32x16)(v * dropout->scale) & kept);
            store(x + at, &v, count - at);
        }
    }
}

DISPATCHED(dixie_drop, (dropout, x, count), const struct dixie_dropout *dropout, float *x,
           size_t count)
