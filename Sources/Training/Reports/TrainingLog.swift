import Foundation

/// `train.log` of a run: the lines that the original shows, one a step, each with its time.
///
/// No text of a prompt or a sample is ever in it.
public final class TrainingLog {
    public let path: String
    private let file: AppendedFile

    /// Opens a run's log, or begins it; what is in it stays.
    ///
    /// - Parameter path: of the log.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    public init(path: String) throws {
        self.path = path
        file = try AppendedFile(path: path)
    }

    /// Appends a line.
    ///
    /// - Parameter line: without its end.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`; the log is as it was.
    public func append(_ line: String) throws { try file.append(line + "\n") }

    /// Waits until every line is on the disk.
    ///
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    public func sync() throws { try file.sync() }

    /// The original's line of a step:
    /// `2026-05-04T03:02:01Z [12 | 34.5678 | 0.42s | 5120.000000tokens/s] loss=2.3100 avg=2.4000
    /// rate=0.0000200 step=12`.
    ///
    /// - Parameters:
    ///   - record: of the step.
    ///   - time: of writing.
    ///   - elapsed: seconds since training began in this process.
    ///   - delta: seconds since the step before.
    ///   - scheduleStep: where the learning rate's schedule stands, if not at the record's step.
    /// - Returns: the line, without its end.
    public static func line(
        _ record: TrainingRecord, time: Date, elapsed: Double, delta: Double,
        scheduleStep: Int? = nil
    ) -> String {
        "\(stamp(time)) [\(record.step) | \(fixed(elapsed, 4)) | \(fixed(delta, 2))s | "
            + "\(fixed(record.tokensPerSecond, 6))tokens/s] loss=\(fixed(record.loss, 4)) "
            + "avg=\(fixed(record.averageLoss, 4)) rate=\(fixed(record.learningRate, 7)) "
            + "step=\(scheduleStep ?? record.step)"
    }

    /// The original's line of a validation:
    /// `2026-05-04T03:02:01Z [12 | 34.5678] validation loss = 2.5500`.
    public static func line(
        validationLoss: Double, step: Int, time: Date, elapsed: Double
    ) -> String {
        "\(stamp(time)) [\(step) | \(fixed(elapsed, 4))] validation loss = "
            + fixed(validationLoss, 4)
    }

    private static func stamp(_ time: Date) -> String { time.ISO8601Format() }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}
