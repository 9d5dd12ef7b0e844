/// The printable characters that GPT-2's vocabulary files write bytes as.
///
/// A byte that is a printable character of Latin-1 stands for itself; the 68 others are U+0100,
/// U+0101 and so on in their order, so that a space is written `Ġ` and a line feed `Ċ`.
enum ByteAlphabet {
    /// The character of each byte.
    static let characters: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (0...UInt8.max).map { byte in
            if isPrintable(byte) { return Unicode.Scalar(byte) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? Unicode.Scalar(byte)
        }
    }()

    /// All bytes in the order of their characters, which is the order of their tokens in GPT-2.
    static let bytesInOrder: [UInt8] = (0...UInt8.max).sorted {
        characters[Int($0)] < characters[Int($1)]
    }

    /// Adds the bytes that a text stands for to others.
    ///
    /// - Parameters:
    ///   - text: in UTF-8.
    ///   - bytes: what to add to.
    /// - Returns: whether every character is of the alphabet; otherwise some bytes have been added.
    static func append(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) -> Bool {
        let bytesOfCharacters = bytesOfCharacters
        // All of the alphabet is one unit of UTF-8, or two.
        var lead: UInt8?
        for unit in text {
            var character = Int(unit)
            if let first = lead {
                guard unit & 0xC0 == 0x80 else { return false }
                character = Int(first & 0x1F) << 6 | Int(unit & 0x3F)
                lead = nil
            } else if unit >= 0x80 {
                guard unit & 0xE0 == 0xC0 else { return false }
                lead = unit
                continue
            }
            guard character < bytesOfCharacters.count, let byte = bytesOfCharacters[character]
            else { return false }
            bytes.append(byte)
        }
        return lead == nil
    }

    /// `bytes` as a vocabulary file writes them.
    static func text(for bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(characters[Int(byte)]) }
        return String(text)
    }

    /// The byte that each character stands for; nil for one that is not of the alphabet.
    private static let bytesOfCharacters: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x200)
        for (byte, character) in characters.enumerated() {
            bytes[Int(character.value)] = UInt8(byte)
        }
        return bytes
    }()

    private static func isPrintable(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: true
        default: false
        }
    }
}
