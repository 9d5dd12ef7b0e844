import Foundation

/// Mends what happens to text on its way through programs: UTF-8 read in the wrong code page,
/// HTML's character references, typographic forms of plain letters and quotes, controls.
///
/// What it mends, and in which order, is what `ftfy.fix_text` does by default, since that is what
/// the original's data went through; `docs/TOOLS.md` says where the two differ.
public enum TextRepair {
    /// Each round may uncover something for the next, such as a reference that was itself garbled.
    /// No damage that was seen took more than three.
    private static let mostRounds = 16

    /// One line as it should have been; without damage, the same line in composed form (NFC).
    ///
    /// - Parameter line: with or without its line break.
    /// - Returns: the line mended; line breaks of every kind in it have become line feeds.
    public static func repaired(_ line: String) -> String {
        // Nothing below changes printable ASCII, except where it spells a reference.
        let isPlain = line.utf8.allSatisfy {
            (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x09
        }
        if isPlain, !line.utf8.contains(UInt8(ascii: "&")) { return line }
        var text = line
        for _ in 0..<mostRounds {
            let next = round(text)
            // By scalars: as characters, "é" in one and in two are equal.
            if next.unicodeScalars.elementsEqual(text.unicodeScalars) { break }
            text = next
        }
        return text
    }

    private static func round(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        // Text with tags in it is HTML, where references belong.
        if !scalars.contains("<") { scalars = CharacterReferences.resolved(scalars) }
        scalars = Mojibake.undone(scalars)
        scalars = scalars.flatMap(CharacterForms.plain)
        scalars = ControlCharacters.removed(scalars)
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view).precomposedStringWithCanonicalMapping
    }
}
