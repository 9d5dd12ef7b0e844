/// Where what is read goes.
///
/// @unchecked Sendable because the buffer is the caller's promise: nothing else touches it until the
/// read returns, and there every worker writes a part of its own.
struct Destination<Buffer>: @unchecked Sendable {
    let buffer: Buffer
}
