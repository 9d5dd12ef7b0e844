import Foundation
import JSON

extension DatasetReport {
    /// How many faults a person is shown; the rest are counted.
    private static let shownFaults = 20
    private static let shownAudiences = 20

    /// The report for a person.
    ///
    /// - Parameter path: how it names the file.
    /// - Returns: a few lines, without the last one's end.
    public func text(_ path: String) -> String {
        var lines = [
            "\(path): \(Self.count(messageCount, "message")) in \(Self.count(lineCount, "line")), "
                + String(format: "%.2f MB", Double(byteCount) / 1e6)
        ]
        lines += faultLines + ["", audienceTable, ""]
        if byteCount < Self.advisedByteCount {
            lines.append(
                "size: below about 2 MB a model learns the text by heart; collect more, or stop "
                    + "training early (--patience)")
        }
        if repetition.lineCount > 0, let line = repetition.mostAt {
            lines.append(
                "repeated: \(Self.count(repetition.lineCount, "line")) more than once, "
                    + "\(repetition.surplus) of them surplus; the most frequent, line \(line), "
                    + "\(repetition.most) times")
        }
        if let first = garbledLines.first {
            lines.append(
                "garbled: \(Self.count(garbledLines.count, "line")), the first of them line "
                    + "\(first); mend the file with dixie prepare")
        }
        lines.append(tokenLine)
        return lines.joined(separator: "\n")
    }

    private var faultLines: [String] {
        if faults.isEmpty { return ["every line is a message"] }
        let shown = faults.prefix(Self.shownFaults).map { "line \($0.line): \($0.sentence)" }
        let rest = faults.count - shown.count
        return shown + (rest > 0 ? ["and \(rest) more"] : [])
    }

    private var audienceTable: String {
        let shown = counts.prefix(Self.shownAudiences)
        let width = (["audience"] + shown.map(\.audience)).map(\.count).max() ?? 0
        func row(_ name: String, _ persona: String, _ user: String) -> String {
            let cells = [persona, user].map { Self.padding($0, to: 10) + $0 }
            return name + Self.padding(name, to: width) + cells.joined()
        }
        var rows = [row("audience", "side 0", "side 1")]
        rows += shown.map { row($0.audience, "\($0.persona)", "\($0.user)") }
        if counts.count > shown.count { rows.append("and \(counts.count - shown.count) more") }
        return rows.joined(separator: "\n")
    }

    private var tokenLine: String {
        guard let tokens else {
            return "tokens: not counted, for there is no vocabulary; name one with --model_name"
        }
        let window = tokens.contextLength
        return "tokens: \(tokens.count), "
            + (tokens.windowCount == 0
                ? "less than one window of \(window), so training has to repeat them within it"
                : "\(Self.count(tokens.windowCount, "window")) of \(window)")
    }

    private static func padding(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count))
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}

extension DatasetReport {
    /// The report as one JSON object on one line. All faults are in it.
    public var json: String {
        var object: [JSONMember] = [
            JSONMember("bytes", .integer(byteCount)), JSONMember("lines", .integer(lineCount)),
            JSONMember("messages", .integer(messageCount)),
            JSONMember(
                "faults",
                .array(
                    faults.map {
                        ["line": .integer($0.line), "fault": .string($0.sentence)]
                    })),
            JSONMember(
                "audiences",
                .array(
                    counts.map {
                        [
                            "audience": .string($0.audience), "side_0": .integer($0.persona),
                            "side_1": .integer($0.user),
                        ]
                    })),
            JSONMember("is_small", .bool(byteCount < Self.advisedByteCount)),
            JSONMember(
                "repeated",
                [
                    "lines": .integer(repetition.lineCount),
                    "surplus": .integer(repetition.surplus), "most": .integer(repetition.most),
                ]),
            JSONMember("garbled", .array(garbledLines.map { .integer($0) })),
        ]
        if let tokens {
            object += [
                JSONMember("tokens", .integer(tokens.count)),
                JSONMember("n_ctx", .integer(tokens.contextLength)),
                JSONMember("windows", .integer(tokens.windowCount)),
            ]
        }
        return JSONValue.object(object).serialized
    }
}
