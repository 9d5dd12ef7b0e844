/// Tells whether good text would have the characters that a sequence of UTF-8 was read as.
struct MojibakeJudge {
    let scalars: [Unicode.Scalar]
    let range: Range<Int>
    /// The sequence; a space that stood for byte A0 is A0.
    let bytes: [UInt8]

    /// Closing marks, dashes, spaces and raised signs: they stand behind a word in good text too,
    /// as in "DÉJÀ »", "Fuß“" and "CAFÉ™".
    private static let afterWords: Set<Unicode.Scalar> = [
        "\u{A0}", "\u{AD}", "\u{BB}", "\u{B7}", "\u{AE}", "\u{B9}", "\u{B2}", "\u{B3}", "\u{AA}",
        "\u{BA}", "\u{B0}", "\u{B4}", "\u{2019}", "\u{201D}", "\u{201C}", "\u{2018}", "\u{203A}",
        "\u{2026}", "\u{2013}", "\u{2014}", "\u{2122}", "\u{2020}", "\u{2021}",
    ]

    /// Letters that begin what Latin, Greek, Cyrillic, Hebrew and Arabic text becomes. Behind the
    /// others a letter stands in good text too, as in "ŠÝŽ".
    private static let commonLeads: Set<Unicode.Scalar> = [
        "Â", "Ã", "Ä", "Å", "Î", "Ï", "Ð", "Ñ", "×", "Ø", "Ù",
    ]

    private var lead: Unicode.Scalar { scalars[range.lowerBound] }
    private var rest: ArraySlice<Unicode.Scalar> { scalars[range].dropFirst() }

    /// Whether good text would not have these characters in this place.
    var isTelling: Bool {
        if bytes.count > 3 || rest.contains(where: { !isGood($0) }) { return true }
        let before = scalars[..<range.lowerBound].last
        let after = scalars[range.upperBound...].first
        // "Â" and "Ã" begin most of what Latin letters become. They end few words, all of them in
        // capitals, and no number is raised behind those.
        if lead == "\u{C2}" || lead == "\u{C3}" {
            let isCapital = before.map(\.properties.isUppercase) ?? false
            return !isCapital || rest.contains { $0.value < 0xBB && $0.value > 0xAE }
        }
        // A capital within a word of small letters, or a mark within a word.
        if let before, before.properties.isLowercase, lead.properties.isUppercase { return true }
        if let after, after.properties.isLowercase, rest.last != "\u{2019}" { return true }
        return false
    }

    /// Whether good text may have this character somewhere behind the sequence's first.
    private func isGood(_ scalar: Unicode.Scalar) -> Bool {
        if Self.afterWords.contains(scalar) { return true }
        return bytes.count == 2 && scalar.properties.isAlphabetic
            && !Self.commonLeads.contains(lead)
    }

    /// What a sequence means in which a space stands for byte A0; nil where the space is a space.
    func meaningWithSpace(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        guard bytes.count == 2 else { return [scalar] }
        switch lead {
        case "\u{C3}":
            // "à" is mostly a word, so the space that was there is still needed. Portuguese joins
            // it to others.
            let next = scalars[range.upperBound...].prefix(5)
            let isJoined = ["s ", "quele", "quela", "quilo"].contains { word in
                next.starts(with: word.unicodeScalars)
            }
            return isJoined || next.first == " " ? [scalar] : [scalar, " "]
        case "\u{C2}", "\u{CE}", "\u{D0}", "\u{D9}": return [scalar]
        default: return nil
        }
    }

    /// Whether a sequence with a space in it tells of misreading by itself.
    var isSpaceTelling: Bool {
        guard bytes.count == 2, lead == "\u{C2}" || lead == "\u{C3}" else { return false }
        guard let before = scalars[..<range.lowerBound].last(where: { $0 != " " }) else {
            return true
        }
        return ("a"..."z").contains(before)
    }
}
