/// Splits a text into the words that are encoded each for itself, exactly as GPT-2's pattern does:
///
///     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
///
/// Every byte is in exactly one word, in order. The bytes must be valid UTF-8; the scanner reads
/// behind a leading byte what it promises without looking. It must not outlive their pointer.
struct WordScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let classes = ScalarClasses.shared
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next word's bytes; nil at the end.
    @inline(__always)
    mutating func next() -> Range<Int>? {
        let start = position
        guard start < bytes.count else { return nil }
        if bytes[start] == UInt8(ascii: "'"), let end = endOfContraction(at: start) {
            position = end
            return start..<end
        }
        var first = scalar(at: start)
        if bytes[start] == UInt8(ascii: " "), start + 1 < bytes.count {
            let second = scalar(at: start + 1)
            if second.kind != .whitespace { first = (second.kind, second.length + 1) }
        }
        position = start + first.length
        if first.kind == .whitespace {
            skipWhitespace(lastLength: first.length, start: start)
        } else {
            skip(first.kind)
        }
        return start..<position
    }

    /// Moves past all scalars of one class.
    @inline(__always)
    private mutating func skip(_ kind: ScalarClass) {
        while position < bytes.count {
            let next = scalar(at: position)
            guard next.kind == kind else { return }
            position += next.length
        }
    }

    /// Moves past white space, but leaves the last scalar of it to what follows, unless nothing
    /// follows or it is the only one.
    private mutating func skipWhitespace(lastLength: Int, start: Int) {
        var lastLength = lastLength
        while position < bytes.count {
            let next = scalar(at: position)
            guard next.kind == .whitespace else {
                if position - lastLength > start { position -= lastLength }
                return
            }
            lastLength = next.length
            position += next.length
        }
    }

    private func endOfContraction(at start: Int) -> Int? {
        guard start + 1 < bytes.count else { return nil }
        let first = bytes[start + 1]
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start + 2
        default: break
        }
        guard start + 2 < bytes.count else { return nil }
        switch (first, bytes[start + 2]) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        default: return nil
        }
    }

    @inline(__always)
    private func scalar(at index: Int) -> (kind: ScalarClass, length: Int) {
        let lead = bytes[index]
        if lead < 0x80 { return (classes[UInt32(lead)], 1) }
        return wideScalar(at: index, lead: UInt32(lead))
    }

    private func wideScalar(at index: Int, lead: UInt32) -> (kind: ScalarClass, length: Int) {
        func continuation(_ offset: Int) -> UInt32 { UInt32(bytes[index + offset]) & 0x3F }
        if lead < 0xE0 { return (classes[(lead & 0x1F) << 6 | continuation(1)], 2) }
        if lead < 0xF0 {
            return (classes[(lead & 0x0F) << 12 | continuation(1) << 6 | continuation(2)], 3)
        }
        let high = (lead & 0x07) << 18 | continuation(1) << 12
        return (classes[high | continuation(2) << 6 | continuation(3)], 4)
    }
}
