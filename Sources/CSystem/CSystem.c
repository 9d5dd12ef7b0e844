#define _GNU_SOURCE
#include "CSystem.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { huge_page = 2 << 20 };

static size_t rounded(size_t byte_count) {
    return (byte_count + huge_page - 1) & ~(size_t)(huge_page - 1);
}

void *dixie_map_huge(size_t byte_count) {
    // One page more than asked, so that an aligned start exists; the ends are given back.
    size_t length = rounded(byte_count);
    char *raw = mmap(NULL, length + huge_page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    char *aligned = (char *)rounded((uintptr_t)raw);
    if (aligned > raw) munmap(raw, (size_t)(aligned - raw));
    munmap(aligned + length, (size_t)(raw + huge_page - aligned));
    // Only a wish: with 4 KiB pages everything still works, slower.
    madvise(aligned, length, MADV_HUGEPAGE);
    return aligned;
}

void dixie_unmap_huge(void *address, size_t byte_count) {
    munmap(address, rounded(byte_count));
}

void dixie_limit_arenas(int count) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, count);
#endif
}

void dixie_return_freed_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

int dixie_open_beneath(int folder, const char *path, int reads) {
    struct open_how how = {
        // Without O_NONBLOCK, opening a pipe nobody writes to would wait for ever.
        .flags = (reads ? O_RDONLY | O_NONBLOCK : O_PATH) | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

int dixie_accept(int listener, char *address, size_t capacity) {
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof peer;
    int descriptor =
        accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return -1;
    const char *text = NULL;
    if (peer.ss_family == AF_INET) {
        text = inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, address, capacity);
    } else if (peer.ss_family == AF_INET6) {
        const struct in6_addr *six = &((struct sockaddr_in6 *)&peer)->sin6_addr;
        text = IN6_IS_ADDR_V4MAPPED(six) ? inet_ntop(AF_INET, six->s6_addr + 12, address, capacity)
                                         : inet_ntop(AF_INET6, six, address, capacity);
    }
    if (text == NULL && capacity > 0) address[0] = 0;
    return descriptor;
}
