import Chat

/// Looks through a chat log before it is trained on.
public enum DatasetInspector {
    /// Inspects one file.
    ///
    /// - Parameters:
    ///   - bytes: the file's.
    ///   - path: how errors name it.
    /// - Returns: what is in it; tokens are left to who has a vocabulary.
    /// - Throws: `DatasetInspectionError` where it is no text, so that there are no lines to be at
    ///   fault.
    public static func inspect(_ bytes: [UInt8], path: String) throws -> DatasetReport {
        // Training leaves a byte order mark out, too.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard !bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else {
            throw DatasetInspectionError.empty(path: path)
        }
        if let zero = bytes.firstIndex(of: 0) {
            throw DatasetInspectionError.binary(path: path, offset: zero)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw notUTF8(bytes, path: path)
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let turns = Transcript(reading: text).turns
        return DatasetReport(
            byteCount: bytes.count,
            // What follows the last line's end is no line.
            lineCount: bytes.last == UInt8(ascii: "\n") ? lines.count - 1 : lines.count,
            faults: faults(of: text, lines: lines), counts: counts(of: turns),
            repetition: repetition(of: lines),
            garbledLines: lines.indices.filter { isGarbled(lines[$0]) }
                .map { $0 + 1 })
    }

    /// Whether a line reads like UTF-8 in the wrong code page.
    private static func isGarbled(_ line: ArraySlice<UInt8>) -> Bool {
        // Plain ASCII, which most lines are, cannot be meant.
        line.contains { $0 >= 0x80 }
            && Mojibake.isSuspected(in: Array(String(decoding: line, as: UTF8.self).unicodeScalars))
    }

    private static func notUTF8(_ bytes: [UInt8], path: String) -> DatasetInspectionError {
        let offset = UTF8Validity.firstInvalid(in: bytes)
        let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
        return .notUTF8(path: path, offset: offset, line: line)
    }

    private static func faults(of text: String, lines: [ArraySlice<UInt8>]) -> [DatasetFault] {
        var faults: [DatasetFault] = []
        do {
            _ = try Transcript(strictly: text)
        } catch {
            if case .lines(let found) = error {
                faults = found.map { DatasetFault(line: $0.line, .turn($0.reason)) }
            }
        }
        let known = Set(faults.map(\.line))
        for (index, line) in lines.enumerated()
        where !known.contains(index + 1) && isEmptyTurn(line) {
            faults.append(DatasetFault(line: index + 1, .empty))
        }
        return faults.sorted { $0.line < $1.line }
    }

    /// Whether a line that is a turn, as `1|mom| <EOM>`, says nothing.
    private static func isEmptyTurn(_ line: ArraySlice<UInt8>) -> Bool {
        let parts = line.split(
            separator: UInt8(ascii: "|"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return false }
        let text = parts[2].filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }
        return text == Array(Turn.marker.utf8)
    }

    private static func counts(of turns: [Turn]) -> [DatasetReport.Count] {
        var counts: [String: DatasetReport.Count] = [:]
        for turn in turns {
            var count = counts[turn.audience] ?? DatasetReport.Count(audience: turn.audience)
            if turn.side == 0 { count.persona += 1 } else { count.user += 1 }
            counts[turn.audience] = count
        }
        return counts.values.sorted {
            ($1.persona + $1.user, $0.audience) < ($0.persona + $0.user, $1.audience)
        }
    }

    private static func repetition(of lines: [ArraySlice<UInt8>]) -> DatasetReport.Repetition {
        var seen: [ArraySlice<UInt8>: (count: Int, first: Int)] = [:]
        for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D })
        {
            seen[line, default: (0, index + 1)].count += 1
        }
        var repetition = DatasetReport.Repetition()
        for (count, first) in seen.values where count > 1 {
            repetition.lineCount += 1
            repetition.surplus += count - 1
            // Of equals the earliest, so that the report is the same every time.
            let isEarlier = count == repetition.most && first < repetition.mostAt ?? .max
            if count > repetition.most || isEarlier {
                (repetition.most, repetition.mostAt) = (count, first)
            }
        }
        return repetition
    }
}
