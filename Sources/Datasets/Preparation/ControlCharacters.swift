/// Characters that move cursors, colour terminals and steer protocols, and say nothing.
enum ControlCharacters {
    /// The text without them, and with every kind of line break a line feed.
    static func removed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(scalars.count)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if let length = escapeLength(scalars[index...]) {
                index += length
                continue
            }
            index += 1
            if scalar == "\r", index < scalars.count, scalars[index] == "\n" { continue }
            if isLineBreak(scalar) {
                result.append("\n")
            } else if !isRemoved(scalar) {
                result.append(scalar)
            }
        }
        return result
    }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        [0x0A, 0x0D, 0x85, 0x2028, 0x2029].contains(scalar.value)
    }

    /// Not tab and form feed, which lay text out; not the marks of direction and joining that
    /// writing right to left and emoji need.
    private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: true
        default: false
        }
    }

    /// How long the terminal's sequence is that begins here: ESC [, numbers and semicolons, a
    /// letter.
    private static func escapeLength(_ scalars: ArraySlice<Unicode.Scalar>) -> Int? {
        guard scalars.first == "\u{1B}", scalars.dropFirst().first == "[" else { return nil }
        let rest = scalars.dropFirst(2).drop { ("0"..."9").contains($0) || $0 == ";" }
        guard let last = rest.first, last.isASCII, last.properties.isAlphabetic else { return nil }
        return rest.startIndex - scalars.startIndex + 1
    }
}
