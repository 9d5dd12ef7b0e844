# Faults of the system, for scripts that try what they do to files: sourced by check_saves.sh and
# check_writes.sh, after setup.sh with strace among its packages.

# inject CALL HOW WHEN COMMAND...: runs COMMAND, its messages in run.log, with a fault at the WHENth of
# these calls (of each thread), and returns its status. HOW is as strace has it: error=EIO, signal=SIGKILL.
# calls.log holds the calls.
inject() {
    local call=$1 how=$2 when=$3 limit=300 began=$SECONDS status=0
    shift 3
    # In a shell of its own, whose word about a kill nobody needs.
    (timeout -k 5 "$limit" strace -f -qq -o calls.log -e trace="$call" -e inject="$call:$how:when=$when" \
        "$@" >/dev/null 2>run.log; exit $?) 2>/dev/null || status=$?
    # Which is neither an end by an error nor one by the kill.
    ((SECONDS - began < limit)) || fail "$call $when, $how: ${1##*/} hangs"
    return "$status"
}

# has_struck HOW STATUS: whether the last `inject` met such a call.
has_struck() {
    # A kill leaves no mark in the log, but nobody survives it.
    if [[ $1 == signal=* ]]; then (($2 != 0)); else grep -q INJECTED calls.log; fi
}

# says_why STATUS: whether a program that could not do its work ended with 1 and a sentence in run.log.
says_why() { (($1 == 1)) && grep -q '^Error: ' run.log; }

# make_short_writes: makes short.so, with which (in LD_PRELOAD) writes take only a part of what they
# are given. (strace could only claim that.)
make_short_writes() {
    cat >short.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static size_t part(size_t count) { return count > 100 ? 100 - count % 7 : count; }
ssize_t write(int file, const void *bytes, size_t count) {
    ssize_t (*all)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    return all(file, bytes, part(count));
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t start) {
    ssize_t (*all)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
    return all(file, bytes, part(count), start);
}
ssize_t pwrite64(int, const void *, size_t, off_t) __attribute__((alias("pwrite")));
END
    "$(command -v cc || command -v clang)" -shared -fPIC -o short.so short.c -ldl
}
