#pragma once
#include <stddef.h>

/// Private zeroed memory on 2 MiB pages where the system grants them, aligned to 2 MiB.
/// Returns NULL, with errno set, when there is none.
void *dixie_map_huge(size_t byte_count);

/// Gives back what `dixie_map_huge` returned.
void dixie_unmap_huge(void *address, size_t byte_count);

/// `accept4` with SOCK_NONBLOCK and SOCK_CLOEXEC. Writes the peer's address as text to `address`,
/// an IPv4 address always in its dotted form, or "" when it has none; 46 bytes are enough.
int dixie_accept(int listener, char *address, size_t capacity);
