// Holds the kernels to their references on machines on which nothing of Swift runs, real or emulated;
// see scripts/check_kernels_elsewhere.sh. Given no level, it names the best one of the machine.

#include <stdio.h>
#include <string.h>

#include "check.h"

int main(int count, char **arguments) {
    enum dixie_level best = dixie_cpu_level();
    if (count < 2) {
        puts(dixie_level_name(best));
        return 0;
    }
#ifdef DIXIE_EMULATED
    best = dixie_level_amx;
#endif
    for (int i = 0; i <= dixie_level_amx; i++) {
        enum dixie_level level = (enum dixie_level)i;
        const char *name = dixie_level_name(level);
        if (!name || strcmp(name, arguments[1]) != 0) continue;
        if (level > best) {
            fprintf(stderr, "this machine has no %s\n", name);
            return 2;
        }
        check_rows(level);
        check_products(level);
        check_attention(level);
        check_logits(level);
        return 0;
    }
    fprintf(stderr, "there is no level %s here\n", arguments[1]);
    return 2;
}
