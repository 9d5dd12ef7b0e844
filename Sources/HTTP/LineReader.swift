/// Gathers one line of a head from pieces of input. A line ends in CR LF and in nothing else: what
/// else has been taken for a line's end is how requests are smuggled (RFC 9112, section 2.2).
struct LineReader {
    private(set) var line: [UInt8] = []
    private var sawCarriageReturn = false

    /// Takes bytes from the front of `input` up to the end of the line.
    ///
    /// - Parameters:
    ///   - input: What has arrived; the bytes that were used are removed from it.
    ///   - limit: How many bytes the line may have, its end left out.
    ///   - tooLong: Makes the error of a longer line from its beginning.
    /// - Returns: Whether `line` is whole. If it is not, `input` is used up.
    /// - Throws: At the first byte no line can have.
    mutating func read(
        from input: inout ArraySlice<UInt8>, limit: Int,
        tooLong: ([UInt8]) -> RequestError
    ) throws(RequestError) -> Bool {
        var index = input.startIndex
        while index < input.endIndex {
            let byte = input[index]
            index += 1
            if sawCarriageReturn {
                guard byte == .lineFeed else { throw .bareLineEnd }
                sawCarriageReturn = false
                input = input[index...]
                return true
            }
            if byte == .carriageReturn {
                sawCarriageReturn = true
                continue
            }
            guard byte != .lineFeed else { throw .bareLineEnd }
            guard byte.isLineCharacter else { throw .controlCharacter }
            guard line.count < limit else { throw tooLong(line) }
            line.append(byte)
        }
        input = []
        return false
    }

    /// Makes ready for the next line.
    mutating func reset() {
        line.removeAll(keepingCapacity: true)
    }

    /// Whether no byte of the line has been seen.
    var isEmpty: Bool { line.isEmpty && !sawCarriageReturn }
}
