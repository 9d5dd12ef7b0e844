#include "CSystem.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)
#endif
#endif

// CRC-32C (Castagnoli, RFC 3720 appendix B.4) in its reflected form: bit 31 of a word is the
// coefficient of x^0. Inside this file a "state" is the register before the final inversion.
static const uint32_t polynomial = 0x82F63B78;
static const uint32_t one = 1u << 31;

/// a * b modulo the polynomial.
static uint32_t multiplied(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (int power = 31; power >= 0; power--) {
        product ^= b & (0 - ((a >> power) & 1));
        b = (b >> 1) ^ (polynomial & (0 - (b & 1)));
    }
    return product;
}

/// x^(8 * byte_count): what a state is multiplied by when that many zero bytes follow.
static uint32_t shift_by(size_t byte_count) {
    uint32_t result = one, square = one >> 8;
    for (; byte_count > 0; byte_count >>= 1) {
        if (byte_count & 1) result = multiplied(result, square);
        square = multiplied(square, square);
    }
    return result;
}

// Eight bytes a step: tables[k][b] is the state after byte b and then k zero bytes.
static uint32_t tables[8][256];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void fill_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t state = byte;
        for (int bit = 0; bit < 8; bit++)
            state = (state >> 1) ^ (polynomial & (0 - (state & 1)));
        tables[0][byte] = state;
    }
    for (int k = 1; k < 8; k++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t before = tables[k - 1][byte];
            tables[k][byte] = (before >> 8) ^ tables[0][before & 255];
        }
    }
}

static uint32_t portable_state(uint32_t state, const uint8_t *bytes, size_t count) {
    pthread_once(&tables_once, fill_tables);
    for (; count >= 8; bytes += 8, count -= 8) {
        state ^= (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                 (uint32_t)bytes[3] << 24;
        state = tables[7][state & 255] ^ tables[6][(state >> 8) & 255] ^
                tables[5][(state >> 16) & 255] ^ tables[4][state >> 24] ^ tables[3][bytes[4]] ^
                tables[2][bytes[5]] ^ tables[1][bytes[6]] ^ tables[0][bytes[7]];
    }
    for (; count > 0; bytes++, count--)
        state = (state >> 8) ^ tables[0][(state ^ *bytes) & 255];
    return state;
}

#if defined(__x86_64__) || defined(__aarch64__)

#if defined(__x86_64__)
#define HARDWARE __attribute__((target("sse4.2")))
#define STEP8(state, word) ((uint32_t)_mm_crc32_u64((state), (word)))
#define STEP1(state, byte) _mm_crc32_u8((state), (byte))
static bool has_hardware(void) { return __builtin_cpu_supports("sse4.2"); }
#else
#define HARDWARE __attribute__((target("crc")))
#define STEP8(state, word) __crc32cd((state), (word))
#define STEP1(state, byte) __crc32cb((state), (byte))
static bool has_hardware(void) { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }
#endif

static inline uint64_t word_at(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

// The instruction takes three cycles but one can start every cycle, so three neighbouring
// stretches go side by side. Their states join because the sum is linear:
// state(s, A B) = s * x^(8 |A B|) + state(0, A) * x^(8 |B|) + state(0, B).
enum { stretch = 8192 };

HARDWARE static uint32_t hardware_state(uint32_t state, const uint8_t *bytes, size_t count) {
    if (count >= 3 * stretch) {
        uint32_t shift = shift_by(stretch);
        for (; count >= 3 * stretch; bytes += 3 * stretch, count -= 3 * stretch) {
            uint32_t second = 0, third = 0;
            for (size_t i = 0; i < stretch; i += 8) {
                state = STEP8(state, word_at(bytes + i));
                second = STEP8(second, word_at(bytes + stretch + i));
                third = STEP8(third, word_at(bytes + 2 * stretch + i));
            }
            second ^= multiplied(state, shift);
            state = third ^ multiplied(second, shift);
        }
    }
    for (; count >= 8; bytes += 8, count -= 8) state = STEP8(state, word_at(bytes));
    for (; count > 0; bytes++, count--) state = STEP1(state, *bytes);
    return state;
}

#endif

uint32_t dixie_crc32c_portable(uint32_t seed, const void *bytes, size_t count) {
    return ~portable_state(~seed, bytes, count);
}

uint32_t dixie_crc32c(uint32_t seed, const void *bytes, size_t count) {
#if defined(__x86_64__) || defined(__aarch64__)
    if (has_hardware()) return ~hardware_state(~seed, bytes, count);
#endif
    return dixie_crc32c_portable(seed, bytes, count);
}

uint32_t dixie_crc32c_joined(uint32_t first, uint32_t second, size_t second_count) {
    return multiplied(first, shift_by(second_count)) ^ second;
}
