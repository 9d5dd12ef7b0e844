import CSystem

/// Gives memory that is free but kept for later back to the system.
///
/// Reading a file makes many small objects, on threads that then end; the allocator keeps what they
/// leave for threads to come, some megabytes each time. Takes a millisecond or two.
public func returnFreedMemory() { dixie_return_freed_memory() }
