/// HTML's way to write a character: `&amp;`, `&#233;`, `&#xE9;`.
enum CharacterReferences {
    /// The longest name or number between `&` and `;` that is looked at.
    private static let longest = 24

    /// The text with every reference that ends in a semicolon and is known made its character.
    static func resolved(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard scalars.contains("&") else { return scalars }
        var result: [Unicode.Scalar] = []
        var index = 0
        while index < scalars.count {
            if scalars[index] == "&", let (length, meaning) = reference(scalars[index...]) {
                result += meaning
                index += length
            } else {
                result.append(scalars[index])
                index += 1
            }
        }
        return result
    }

    private static func reference(
        _ scalars: ArraySlice<Unicode.Scalar>
    ) -> (length: Int, meaning: [Unicode.Scalar])? {
        let body = scalars.dropFirst().prefix(longest + 2)
        guard let end = body.firstIndex(of: ";") else { return nil }
        let name = String(String.UnicodeScalarView(body[..<end]))
        let length = end - scalars.startIndex + 1
        let meaning =
            name.hasPrefix("#") ? number(name.dropFirst()) : CharacterNames.scalars(of: name)
        return meaning.map { (length, $0) }
    }

    /// What a number stands for, as browsers take it: 80–9F are Windows' characters, what is no
    /// character is U+FFFD.
    private static func number(_ digits: Substring) -> [Unicode.Scalar]? {
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let plain = isHexadecimal ? digits.dropFirst() : digits
        let isNumber =
            !plain.isEmpty && plain.utf8.count <= longest
            && plain.allSatisfy { $0.isASCII && (isHexadecimal ? $0.isHexDigit : $0.isNumber) }
        guard isNumber else { return nil }
        guard let value = UInt32(plain, radix: isHexadecimal ? 16 : 10), value != 0,
            let scalar = Unicode.Scalar(value)
        else { return ["\u{FFFD}"] }
        switch value {
        case 0x80...0x9F: return [CodePage.windows1252.scalar(of: UInt8(value))]
        // Controls and what will never be a character are taken out.
        case 1...8, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: return []
        case _ where value & 0xFFFE == 0xFFFE: return []
        default: return [scalar]
        }
    }
}
