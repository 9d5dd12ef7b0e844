import Foundation

/// Numbers as people read them, the same in every locale.
public enum HumanUnits {
    /// Two decimals: `2.31`.
    public static func loss(_ value: Double) -> String {
        value.isFinite && abs(value) >= 1e6
            ? String(format: "%.1e", value) : String(format: "%.2f", value)
    }

    /// A whole number in groups of three: `5,120`.
    public static func grouped(_ value: Double) -> String {
        guard let whole = Int(exactly: value.rounded()) else { return "\(value)" }
        var digits = Array(String(whole.magnitude))
        for place in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: place)
        }
        return (whole < 0 ? "-" : "") + String(digits)
    }

    /// The two largest units of a duration: `45 s`, `3 min 12 s`, `2 h 5 min`, `4 d 3 h`.
    ///
    /// - Parameter seconds: rounded to whole ones; negative ones count as none.
    /// - Returns: the text.
    public static func duration(_ seconds: Double) -> String {
        guard let whole = Int(exactly: max(seconds, 0).rounded()) else { return "for ever" }
        let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { whole >= $0.0 }) else { return "0 s" }
        let (size, name) = units[first]
        guard first + 1 < units.count else { return "\(whole) \(name)" }
        let (nextSize, nextName) = units[first + 1]
        let rest = whole % size / nextSize
        return "\(whole / size) \(name)" + (rest > 0 ? " \(rest) \(nextName)" : "")
    }

    /// Three digits at most, in units of a thousand: `812 MB`, `1.2 GB`.
    public static func bytes(_ count: Int) -> String {
        guard count >= 1_000 else { return "\(count) B" }
        var value = Double(count)
        for unit in ["kB", "MB", "GB", "TB"] {
            value /= 1_000
            if value < 9.95 { return String(format: "%.1f ", value) + unit }
            if value < 999.5 || unit == "TB" { return String(format: "%.0f ", value) + unit }
        }
        return "\(count) B"
    }
}
