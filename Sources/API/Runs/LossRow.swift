/// A row of the `loss.csv` that training writes: `step,loss,avg,learning_rate,norm,tokens_per_second,
/// val_loss`, of which three losses are looked at.
struct LossRow: Sendable, Equatable {
    var step: Int
    var loss: Double
    var average: Double
    /// Nil at a step after which nothing was validated.
    var validation: Double?

    private static let fieldCount = 7
    /// What every program that reads JSON's numbers still has exactly.
    private static let steps = 0...(1 << 53)

    /// Reads a line without its end; nil where it is none of those rows.
    init?(_ line: ArraySlice<UInt8>) {
        let fields = line.split(
            separator: UInt8(ascii: ","), maxSplits: Self.fieldCount,
            omittingEmptySubsequences: false
        ).map(Self.trimmed)
        guard fields.count == Self.fieldCount, let step = Int(fields[0]),
            Self.steps.contains(step), let loss = Double(fields[1]),
            let average = Double(fields[2])
        else { return nil }
        if !fields[6].isEmpty {
            guard let validation = Double(fields[6]) else { return nil }
            self.validation = validation
        }
        self.step = step
        self.loss = loss
        self.average = average
    }

    /// Whether a line has nothing in it.
    static func isBlank(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy(isSpace) }

    /// A spreadsheet may have been at it.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let start = bytes.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex
        return String(decoding: start[..<end], as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
