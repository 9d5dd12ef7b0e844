import CSystem

/// Has all threads share a few of the allocator's arenas. To be called before there are threads.
///
/// By itself it gives nearly each thread one, up to eight a core, and what lies free at an arena's end
/// stays with it, whatever `returnFreedMemory` asks: a megabyte and a half in each that a model was ever
/// loaded in.
public func limitFreedMemory() { dixie_limit_arenas(4) }

/// Gives memory that is free but kept for later back to the system.
///
/// Reading a file makes many small objects, on threads that then end; the allocator keeps what they
/// leave for threads to come, some megabytes each time. Takes a millisecond or two.
public func returnFreedMemory() { dixie_return_freed_memory() }
