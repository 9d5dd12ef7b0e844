import Checkpoints
import Foundation

/// An event file as TensorBoard reads it, beside the run's checkpoints.
///
/// A run that is resumed writes another file; TensorBoard reads all of a folder, in the order of
/// their names. Values are kept in single precision, as the format has it.
public final class EventFile {
    public let path: String
    private let file: AppendedFile
    private let now: () -> Double

    /// Begins an event file.
    ///
    /// - Parameters:
    ///   - folder: of the run; it is there already.
    ///   - step: the last step that the resumed checkpoint has seen, so that what older files
    ///     say of later ones is forgotten; nil forgets every step they have.
    ///   - host: this machine, for the file's name.
    ///   - now: seconds since 1970.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    public init(
        folder: String, resumingAfter step: Int?, host: String = ProcessInfo.processInfo.hostName,
        now: @escaping () -> Double = { Date().timeIntervalSince1970 }
    ) throws {
        self.now = now
        let name = "events.out.tfevents.\(UInt64(exactly: now().rounded(.down)) ?? 0)."
        let safeHost = host.isEmpty ? "localhost" : host.replacingOccurrences(of: "/", with: "_")
        file = try Self.create(folder + "/" + name + safeHost)
        path = file.path
        try write(.version)
        try write(.restart(step: step.map { $0 &+ 1 } ?? 0))
    }

    /// A second file within one second gets a name that sorts behind the first.
    private static func create(_ path: String) throws -> AppendedFile {
        for attempt in 1..<100 {
            do {
                return try AppendedFile(
                    path: attempt == 1 ? path : "\(path).\(attempt)", mustBeNew: true)
            } catch ReportError.cannotWrite(_, _, EEXIST) {
                continue
            }
        }
        throw ReportError.cannotWrite(path: path, operation: "open", errno: EEXIST)
    }

    /// Writes the scalars of a step: `loss`, `avg_loss`, `learning_rate`, `gradient_norm` and
    /// `tokens_per_second`.
    ///
    /// - Parameter record: its validation loss is left to `append(validationLoss:step:)`.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`; the file is as it was.
    public func append(_ record: TrainingRecord) throws {
        try write(
            .scalars(
                step: record.step,
                [
                    ("loss", record.loss), ("avg_loss", record.averageLoss),
                    ("learning_rate", record.learningRate),
                    ("gradient_norm", record.gradientNorm),
                    ("tokens_per_second", record.tokensPerSecond),
                ]))
    }

    /// Writes `val_loss` of a step.
    ///
    /// - Parameters:
    ///   - validationLoss: in nats.
    ///   - step: that was validated.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`; the file is as it was.
    public func append(validationLoss: Double, step: Int) throws {
        try write(.scalars(step: step, [("val_loss", validationLoss)]))
    }

    /// Waits until every event is on the disk.
    ///
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    public func sync() throws { try file.sync() }

    private func write(_ message: EventMessage) throws {
        try file.append(Self.framed(message.encoded(time: now())))
    }

    /// A TFRecord: the length, its checksum, the bytes, their checksum.
    static func framed(_ bytes: [UInt8]) -> [UInt8] {
        var record: [UInt8] = []
        record.appendLittleEndian(UInt64(bytes.count))
        record.appendLittleEndian(CRC32C.masked(CRC32C.checksum(record)))
        record += bytes
        record.appendLittleEndian(CRC32C.masked(CRC32C.checksum(bytes)))
        return record
    }
}
