/// Figures in Prometheus' text format, version 0.0.4.
///
/// Each family is begun once, and its samples follow at once, as the format wants it.
struct MetricsText {
    /// What a family's figures do.
    enum Kind: String {
        /// They only grow.
        case counter
        /// They come and go.
        case gauge
        case histogram
    }

    typealias Label = (name: String, value: String)

    private(set) var text = ""
    private var family = ""

    /// Begins a family.
    ///
    /// - Parameters:
    ///   - name: with its unit at the end, and `_total` behind that of a counter.
    ///   - kind: what its figures do.
    ///   - help: what it says, in one line.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        family = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func add(_ value: Double, _ labels: [Label] = []) { line(family, labels, value) }

    mutating func add(_ value: Int, _ labels: [Label] = []) { line(family, labels, Double(value)) }

    mutating func add(_ histogram: Histogram, _ labels: [Label]) {
        var count = 0
        for (bound, next) in zip(histogram.bounds, histogram.counts) {
            count += next
            line(family + "_bucket", labels + [("le", Self.number(bound))], Double(count))
        }
        line(family + "_bucket", labels + [("le", "+Inf")], Double(histogram.count))
        line(family + "_sum", labels, histogram.sum)
        line(family + "_count", labels, Double(histogram.count))
    }

    private mutating func line(_ name: String, _ labels: [Label], _ value: Double) {
        let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
        text += name + (list.isEmpty ? "" : "{\(list.joined(separator: ","))}")
        text += " \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        guard let whole = Int(exactly: value) else { return "\(value)" }
        return "\(whole)"
    }

    private static func escaped(_ value: String) -> String {
        value.map { character in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(character)
            }
        }.joined()
    }
}
