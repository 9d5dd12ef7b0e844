#pragma once
// For Swift, whose Glibc has it not.
#include <sys/epoll.h>

#include <stddef.h>
#include <stdint.h>

/// Private zeroed memory on 2 MiB pages where the system grants them, aligned to 2 MiB.
/// Returns NULL, with errno set, when there is none.
void *dixie_map_huge(size_t byte_count);

/// Gives back what `dixie_map_huge` returned.
void dixie_unmap_huge(void *address, size_t byte_count);

/// `accept4` with SOCK_NONBLOCK and SOCK_CLOEXEC. Writes the peer's address as text to `address`,
/// an IPv4 address always in its dotted form, or "" when it has none; 46 bytes are enough.
int dixie_accept(int listener, char *address, size_t capacity);

/// Has malloc share so many arenas among all threads, where it would make one for nearly each.
/// To be called before there are threads.
void dixie_limit_arenas(int count);

/// Gives memory that malloc keeps and nobody uses back to the system.
void dixie_return_freed_memory(void);

/// Opens what lies below a folder, to read it, or (`reads` 0) only to see that it does: no link on the
/// way, and never out of the folder. Returns -1 with errno set: ELOOP for a link, EXDEV for the way out.
int dixie_open_beneath(int folder, const char *path, int reads);

/// CRC-32C of `count` bytes that follow bytes whose CRC-32C is `seed` (0 for none), by the
/// processor's own instruction where it has one.
uint32_t dixie_crc32c(uint32_t seed, const void *bytes, size_t count);

/// The same without any special instruction: what `dixie_crc32c` is held against.
uint32_t dixie_crc32c_portable(uint32_t seed, const void *bytes, size_t count);

/// CRC-32C of two stretches of bytes one after the other, from the CRC-32C of each.
uint32_t dixie_crc32c_joined(uint32_t first, uint32_t second, size_t second_count);
