/// Bytes as a key: equal when they are the same bytes.
///
/// A `String` will not do: many tokens are parts of characters, and it would call tokens equal
/// whose texts are canonically equivalent.
struct ByteString: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
