/* Tells ThreadSanitizer of the slow half of Swift's Mutex.
 *
 * The fast half is compiled into whoever locks, where the sanitizer sees its atomics. When two
 * threads want a mutex at once, the rest happens in libswiftSynchronization, which is built without
 * it: each such pair of critical sections would be reported as a race. This library is loaded before
 * that one, has the same names, and says what they do. scripts/check_sanitizers.sh builds it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

/* Of the sanitizer's runtime; absent in programs that the tests start. */
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) {
        fprintf(stderr, "Tests/Sanitizers/mutex.c: this Swift's Mutex has no %s\n", name);
        abort();
    }
    return found;
}

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
    static SWIFT void (*lock)(uint32_t, SELF void *);
    if (!lock) lock = real(LOCK_SLOW);
    lock(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT bool try_lock_slow(SELF void *mutex) __asm__(TRY_LOCK_SLOW);
SWIFT bool try_lock_slow(SELF void *mutex) {
    static SWIFT bool (*try_lock)(SELF void *);
    if (!try_lock) try_lock = real(TRY_LOCK_SLOW);
    bool has = try_lock(mutex);
    if (has && __tsan_acquire) __tsan_acquire(mutex);
    return has;
}

SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);
SWIFT void unlock_slow(SELF void *mutex) {
    static SWIFT void (*unlock)(SELF void *);
    if (!unlock) unlock = real(UNLOCK_SLOW);
    if (__tsan_release) __tsan_release(mutex);
    unlock(mutex);
}
