#include "CKernels.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static enum dixie_level level;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static enum dixie_level level_of_machine(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
        return dixie_level_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return dixie_level_avx2;
#endif
    return dixie_level_portable;
}

static void read_level(void) {
    level = level_of_machine();
    const char *forced = getenv("DIXIE_CPU");
    if (!forced) return;
    enum dixie_level wanted = level;
    if (strcmp(forced, "portable") == 0) wanted = dixie_level_portable;
    if (strcmp(forced, "avx2") == 0) wanted = dixie_level_avx2;
    if (wanted < level) level = wanted;
}

enum dixie_level dixie_cpu_level(void) {
    pthread_once(&once, read_level);
    return level;
}
