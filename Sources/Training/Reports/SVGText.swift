import Foundation

/// Pieces of SVG as text.
enum SVGText {
    /// Text that can stand between tags or in an attribute; what XML cannot hold becomes U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += " "
            case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A coordinate, to a tenth.
    static func number(_ value: Double) -> String {
        let text = String(format: "%.1f", value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func text(
        _ text: String, x: Double, y: Double, style: String, anchor: String = "start"
    ) -> String {
        "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" "
            + "text-anchor=\"\(anchor)\">\(escaped(text))</text>"
    }

    static func line(
        _ start: (x: Double, y: Double), _ end: (x: Double, y: Double), style: String
    ) -> String {
        "<line class=\"\(style)\" x1=\"\(number(start.x))\" y1=\"\(number(start.y))\" "
            + "x2=\"\(number(end.x))\" y2=\"\(number(end.y))\"/>"
    }

    static func circle(_ centre: (x: Double, y: Double), radius: Double, style: String) -> String {
        "<circle class=\"\(style)\" cx=\"\(number(centre.x))\" cy=\"\(number(centre.y))\" "
            + "r=\"\(number(radius))\"/>"
    }

    /// A path through runs of points, lifted between them.
    static func path(_ runs: [[(x: Double, y: Double)]], style: String) -> String {
        let strokes = runs.map { run in
            run.enumerated().map { index, point in
                (index == 0 ? "M" : "L") + "\(number(point.x)) \(number(point.y))"
            }.joined()
        }
        let text = strokes.joined()
        return text.isEmpty ? "" : "<path class=\"\(style)\" d=\"\(text)\"/>"
    }
}
