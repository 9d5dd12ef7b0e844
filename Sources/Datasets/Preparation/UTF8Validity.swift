/// Where bytes stop being UTF-8.
enum UTF8Validity {
    /// The place of the first byte that is not part of a character; the count where all are.
    static func firstInvalid(in bytes: some Sequence<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            offset += UTF8.width(scalar)
        }
        return offset
    }
}
