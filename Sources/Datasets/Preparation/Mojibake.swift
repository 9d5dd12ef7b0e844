/// Text that was UTF-8 and was read as if each byte were a character: "cafÃ©" for "café".
///
/// A sequence of UTF-8, so read, is an accented capital or a letter like "â", and behind it one to
/// three of the characters that the bytes 80–BF are. That also happens in good text, as in
/// "À LA CARTE »"; so a line is touched only where one of its sequences is telling: no language
/// puts such characters next to each other.
enum Mojibake {
    /// Text may have been read wrongly more than once; each time makes it longer.
    private static let mostLayers = 8

    /// The text as it was before; the same text where nothing tells that it was misread.
    static func undone(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var scalars = scalars
        for _ in 0..<mostLayers {
            guard let next = withoutOneLayer(scalars) else { break }
            scalars = next
        }
        return scalars
    }

    /// Whether something in the text tells that it was misread.
    static func isSuspected(in scalars: [Unicode.Scalar]) -> Bool {
        withoutOneLayer(scalars) != nil
    }

    private static func withoutOneLayer(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        guard scalars.contains(where: { !$0.isASCII }) else { return nil }
        let finder = MojibakeFinder(scalars)
        let sequences = finder.sequences
        let runs = MojibakeFinder.runs(of: sequences)
        guard runs.contains(where: isTelling) else { return nil }
        // Where all of the line can be what it tells, it is: then even what might be good text is
        // not. Else only runs with something telling in them.
        let isWhole = finder.isExplained(by: sequences)
        var result: [Unicode.Scalar] = []
        var index = 0
        for run in runs where isWhole || isTelling(run) {
            for sequence in run {
                result += scalars[index..<sequence.range.lowerBound]
                result += sequence.meaning
                index = sequence.range.upperBound
            }
        }
        return result + scalars[index...]
    }

    /// One such sequence may be a coincidence; two that follow each other are not.
    private static func isTelling(_ run: [MojibakeSequence]) -> Bool {
        run.count > 1 || run.contains(where: \.isTelling)
    }
}
