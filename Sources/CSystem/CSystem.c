#define _GNU_SOURCE
#include "CSystem.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>

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

int dixie_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
