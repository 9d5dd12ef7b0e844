/// One character of UTF-8 that was read byte by byte.
struct MojibakeSequence {
    /// Where the characters stand that it was read as.
    let range: Range<Int>
    /// What it was; more than one character where a space has to be kept behind it.
    let meaning: [Unicode.Scalar]
    /// Whether no good text would have these characters here.
    let isTelling: Bool
}

/// Finds what may be UTF-8 read in a code page, and judges how likely that is.
struct MojibakeFinder {
    private let scalars: [Unicode.Scalar]
    /// The byte that each character may have been; nil where it is no byte of either code page. A
    /// replacement character is a byte that is lost, and stands as 1A.
    private let bytes: [UInt8?]

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        bytes = scalars.map { scalar in
            scalar == "\u{FFFD}"
                ? 0x1A
                : CodePage.windows1252.byte(of: scalar) ?? CodePage.latin1.byte(of: scalar)
        }
    }

    /// All sequences, from the left and without overlap.
    var sequences: [MojibakeSequence] {
        var found: [MojibakeSequence] = []
        var index = 0
        while index < scalars.count {
            if let sequence = sequence(at: index) {
                found.append(sequence)
                index = sequence.range.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    /// Whether every character beyond ASCII is in one of the sequences.
    func isExplained(by sequences: [MojibakeSequence]) -> Bool {
        let covered = sequences.reduce(0) { count, sequence in
            count + sequence.range.count { !scalars[$0].isASCII }
        }
        return covered == scalars.count { !$0.isASCII }
    }

    /// Sequences that follow each other without anything between.
    static func runs(of sequences: [MojibakeSequence]) -> [[MojibakeSequence]] {
        var runs: [[MojibakeSequence]] = []
        for sequence in sequences {
            if let end = runs.last?.last?.range.upperBound, end == sequence.range.lowerBound {
                runs[runs.count - 1].append(sequence)
            } else {
                runs.append([sequence])
            }
        }
        return runs
    }

    private func sequence(at start: Int) -> MojibakeSequence? {
        guard let lead = bytes[start], !scalars[start].isASCII else { return nil }
        let length: Int
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return nil
        }
        guard start + length <= bytes.count else {
            return nil
        }
        let range = start..<start + length
        var spelled = bytes[range].compactMap(\.self)
        guard spelled.count == length else { return nil }
        let spaces = spelled.count { $0 == 0x20 }
        let isLossy = spelled.contains(0x1A)
        guard spaces <= (isLossy ? 0 : 1),
            spelled.dropFirst().allSatisfy({
                (0x80...0xBF).contains($0) || [0x20, 0x1A].contains($0)
            })
        else { return nil }
        if isLossy {
            return MojibakeSequence(range: range, meaning: ["\u{FFFD}"], isTelling: length > 2)
        }
        // Byte A0 is a space that does not break, and many programs make a plain one of it.
        if let space = spelled.firstIndex(of: 0x20) { spelled[space] = 0xA0 }
        if lead == 0xED, let sequence = surrogates(at: start) { return sequence }
        guard let text = String(validating: spelled, as: UTF8.self),
            let scalar = text.unicodeScalars.first, Self.isWritten(scalar)
        else { return nil }
        let judge = MojibakeJudge(scalars: scalars, range: range, bytes: spelled)
        if spaces == 1 {
            guard let meaning = judge.meaningWithSpace(scalar) else { return nil }
            return MojibakeSequence(range: range, meaning: meaning, isTelling: judge.isSpaceTelling)
        }
        return MojibakeSequence(range: range, meaning: [scalar], isTelling: judge.isTelling)
    }

    /// A character past U+FFFF as two halves of UTF-16, each in UTF-8, as some databases write it.
    private func surrogates(at start: Int) -> MojibakeSequence? {
        guard start + 6 <= bytes.count else { return nil }
        let six = bytes[start..<start + 6].compactMap(\.self)
        guard six.count == 6, let scalar = UTF8Surrogates.scalar(six[...]) else { return nil }
        return MojibakeSequence(
            range: start..<start + 6, meaning: [scalar], isTelling: true)
    }

    /// Whether people write the character; what is no character yet is a coincidence.
    private static func isWritten(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .unassigned, .surrogate, .privateUse: false
        default: true
        }
    }
}
