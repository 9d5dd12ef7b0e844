/// Bytes as a key: equal when they are the same bytes.
///
/// A `String` will not do, because it calls canonically equivalent texts equal and GPT-2's
/// vocabulary has such pairs.
struct ByteString: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
