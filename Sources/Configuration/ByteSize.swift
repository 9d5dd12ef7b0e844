/// Sizes as people write them: 1024, "512MB", "8GB".
enum ByteSize {
    private static let units = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)]

    /// The bytes of a text such as "8GB", "1.5 GB" or "4096": units are powers of 1024, spelled
    /// with or without "B" or "iB", in either case. Nil for anything else, or too much.
    static func bytes(in text: String) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let number = Double(digits) else { return nil }
        var unit = text.dropFirst(digits.count).uppercased().drop { $0 == " " }
        if unit.hasSuffix("IB"), unit.count == 3 {
            unit.removeLast(2)
        } else if unit.hasSuffix("B") {
            unit.removeLast()
        }
        let factor = unit.isEmpty ? 1 : units.first { $0.0.dropLast() == unit }?.1
        guard let factor else { return nil }
        return Int(exactly: (number * Double(factor)).rounded(.down))
    }

    /// A size in the largest unit that gives a whole number.
    static func text(_ bytes: Int) -> String {
        for (name, factor) in units where bytes >= factor && bytes.isMultiple(of: factor) {
            return "\(bytes / factor)\(name)"
        }
        return "\(bytes)"
    }
}
