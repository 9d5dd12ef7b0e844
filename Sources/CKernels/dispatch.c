#include "CKernels.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

static enum dixie_level level;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)
/// Whether the processor has AMX for whole numbers and bf16, and the system lets this process use it:
/// it asks once for all threads to come, and may be refused.
static int has_amx(void) {
    unsigned a, b, c, d;
    const unsigned tiles = 1u << 24, bf16 = 1u << 22, int8 = 1u << 25, wanted = tiles | bf16 | int8;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & wanted) != wanted) return 0;
    const long request_permission = 0x1023, tile_data = 18;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

static int has_avx512_bf16(void) {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1u << 5);
}
#endif

static enum dixie_level level_of_machine(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        return dixie_level_portable;
    }
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) {
        return dixie_level_avx2;
    }
    if (!__builtin_cpu_supports("avx512vnni")) return dixie_level_avx512;
    if (!has_avx512_bf16()) return dixie_level_avx512_vnni;
    return has_amx() ? dixie_level_amx : dixie_level_avx512_bf16;
#elif defined(__aarch64__)
    return getauxval(AT_HWCAP) & HWCAP_ASIMDDP ? dixie_level_neon_dot : dixie_level_neon;
#else
    return dixie_level_portable;
#endif
}

const char *dixie_level_name(enum dixie_level level) {
    switch (level) {
        case dixie_level_portable: return "portable";
#if defined(__aarch64__)
        case dixie_level_neon: return "neon";
        case dixie_level_neon_dot: return "neon_dot";
#elif defined(__x86_64__)
        case dixie_level_avx2: return "avx2";
        case dixie_level_avx512: return "avx512";
        case dixie_level_avx512_vnni: return "avx512_vnni";
        case dixie_level_avx512_bf16: return "avx512_bf16";
        case dixie_level_amx: return "amx";
#endif
        default: return NULL;
    }
}

static void read_level(void) {
    level = level_of_machine();
    const char *forced = getenv("DIXIE_CPU");
    if (!forced) return;
    for (unsigned i = 0; i < level; i++) {
        const char *name = dixie_level_name((enum dixie_level)i);
        if (name && strcmp(forced, name) == 0) {
            level = (enum dixie_level)i;
            return;
        }
    }
}

enum dixie_level dixie_cpu_level(void) {
    pthread_once(&once, read_level);
    return level;
}
