import Foundation

/// Characters that are another way to write plain ones.
enum CharacterForms {
    /// What a character plainly is: ligatures and digraphs in letters, full and half width forms in
    /// their usual width, curly quotes straight, controls 80–9F as Windows meant them.
    static func plain(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar.value {
        case 0..<0x80: [scalar]
        case 0x80...0x9F: [CodePage.windows1252.scalar(of: UInt8(scalar.value))].flatMap(straight)
        case 0x3000: [" "]
        // U+FB05 is a long s and a t; the others are what their compatibility forms say.
        case 0x132, 0x133, 0x149, 0x1C4...0x1CC, 0x1F1...0x1F3, 0xFB00...0xFB04, 0xFB06,
            0xFF01...0xFFEF:
            Array(String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars)
        case 0xFB05: ["\u{17F}", "t"]
        default: straight(scalar)
        }
    }

    private static func straight(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar.value {
        case 0x2BC, 0x2018...0x201B: ["'"]
        case 0x201C...0x201F: ["\""]
        default: [scalar]
        }
    }
}
