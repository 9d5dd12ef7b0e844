extension LossTable {
    /// The first line of a table, without its end.
    public static let header = "step,loss,avg,learning_rate,norm,tokens_per_second,val_loss"

    /// A row with its line end: every number in the shortest form that reads back as itself, in
    /// any locale.
    static func row(_ record: TrainingRecord) -> String {
        let numbers = [
            record.loss, record.averageLoss, record.learningRate, record.gradientNorm,
            record.tokensPerSecond,
        ]
        let fields =
            ["\(record.step)"] + numbers.map(\.description)
            + [record.validationLoss?.description ?? ""]
        return fields.joined(separator: ",") + "\n"
    }

    /// Reads a table.
    ///
    /// Blank lines, spaces around numbers and a carriage return at a line's end are let pass: a
    /// spreadsheet may have been at it. A last line without an end was torn and is left out.
    ///
    /// - Parameters:
    ///   - text: the bytes of the file.
    ///   - path: the file, for errors.
    /// - Returns: the rows, and whether a torn line was left out.
    /// - Throws: `ReportError.wrongHeader` or `.brokenRow`.
    static func parse(
        _ text: some Collection<UInt8>, path: String
    ) throws -> (records: [TrainingRecord], isTorn: Bool) {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let last = lines.popLast()
        let isTorn = last.map { !$0.isEmpty } ?? false
        guard let first = lines.first else { return ([], isTorn) }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = first.starts(with: mark) ? first.dropFirst(mark.count) : first
        guard trimmed(start) == header else {
            throw ReportError.wrongHeader(path: path, header: header)
        }
        var records: [TrainingRecord] = []
        records.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated().dropFirst() {
            let line = trimmed(line)
            guard !line.isEmpty else { continue }
            do {
                let record = try record(in: line)
                if let before = records.last?.step, record.step <= before {
                    throw RowFault("step \(record.step) stands below step \(before)")
                }
                records.append(record)
            } catch let fault as RowFault {
                throw ReportError.brokenRow(path: path, line: index + 1, fault: fault.text)
            }
        }
        return (records, isTorn)
    }

    private struct RowFault: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    private static func record(in line: String) throws -> TrainingRecord {
        let names = header.split(separator: ",")
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == names.count else {
            throw RowFault("the row has \(fields.count) fields where \(names.count) are needed")
        }
        func number(_ index: Int) throws -> Double {
            guard let value = Double(trimmed(fields[index].utf8)) else {
                throw RowFault("the field \"\(names[index])\" is not a number")
            }
            return value
        }
        guard let step = Int(trimmed(fields[0].utf8)), step >= 0 else {
            throw RowFault("the field \"step\" is not a whole number from 0 up")
        }
        return TrainingRecord(
            step: step, loss: try number(1), averageLoss: try number(2),
            learningRate: try number(3), gradientNorm: try number(4),
            tokensPerSecond: try number(5),
            validationLoss: trimmed(fields[6].utf8).isEmpty ? nil : try number(6))
    }

    private static func trimmed(_ bytes: some Collection<UInt8>) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let start = bytes.drop(while: isBlank)
        return String(
            decoding: Array(start.reversed().drop(while: isBlank).reversed()), as: UTF8.self)
    }
}
