/// Bytes on their way out, in order.
struct Outbox {
    private var bytes: [UInt8] = []
    private var start = 0

    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ more: [UInt8]) {
        if isEmpty {
            bytes = more
            start = 0
        } else {
            bytes += more
        }
    }

    /// Hands what is left to `write`, until it takes less than everything.
    ///
    /// - Returns: How many bytes were taken, and what `write` said when it stopped; nil when all
    ///   is sent.
    mutating func drain(
        _ write: (UnsafeRawBufferPointer) -> Socket.WriteResult
    ) -> (sent: Int, stop: Socket.WriteResult?) {
        var sent = 0
        while !isEmpty {
            let result = bytes.withUnsafeBytes {
                write(UnsafeRawBufferPointer(rebasing: $0[start...]))
            }
            guard case .bytes(let count) = result else {
                compact()
                return (sent, result)
            }
            start += count
            sent += count
        }
        bytes = []
        start = 0
        return (sent, nil)
    }

    /// Moves bytes only when at least as many have gone, so that a byte moves once on average.
    private mutating func compact() {
        guard start > bytes.count / 2 else { return }
        bytes.removeFirst(start)
        start = 0
    }
}
