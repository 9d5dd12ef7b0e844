import Checkpoints
import Foundation
import Glibc

/// `loss.csv` of a run: a row a step, for spreadsheets and scripts.
///
/// A row is in the file as soon as `append` returns, whole or not at all.
public final class LossTable {
    public let path: String
    private let file: AppendedFile
    /// The last row that `append` wrote.
    private var lastRow: TrainingRecord?

    /// Opens a run's table, or begins it.
    ///
    /// - Parameters:
    ///   - path: of the table.
    ///   - step: the last step that the resumed checkpoint has seen: rows after it will be made
    ///     again and are dropped, as is a torn last line; the rest stays. Nil begins an empty
    ///     table, whatever is there.
    /// - Returns: the rows that stayed.
    /// - Throws: `ReportError`; `CheckpointError` where the table cannot be rewritten.
    public static func open(
        path: String, resumingAfter step: Int?
    ) throws -> (table: LossTable, records: [TrainingRecord]) {
        var kept: [TrainingRecord] = []
        var isWhole = false
        if let step, let bytes = try contents(of: path) {
            let (records, isTorn) = try parse(bytes, path: path)
            kept = records.filter { $0.step <= step }
            isWhole = !bytes.isEmpty && !isTorn && kept.count == records.count
        }
        if !isWhole {
            try AtomicFile.write(to: path) { file in
                try file.append(Array((header + "\n").utf8))
                for record in kept { try file.append(Array(row(record).utf8)) }
            }
        }
        return (LossTable(file: try AppendedFile(path: path)), kept)
    }

    private init(file: AppendedFile) {
        path = file.path
        self.file = file
    }

    /// Appends a row.
    ///
    /// - Parameter record: of a step after that of the last row.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`; the table is as it was.
    public func append(_ record: TrainingRecord) throws {
        try file.append(Self.row(record))
        lastRow = record
    }

    /// Fills in the validation loss of the row that was appended last.
    ///
    /// - Parameters:
    ///   - loss: in nats.
    ///   - step: that was validated.
    /// - Returns: whether that row is of `step` and had none; otherwise nothing was written.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    @discardableResult
    public func fillIn(validationLoss loss: Double, of step: Int) throws -> Bool {
        guard lastRow?.step == step, lastRow?.validationLoss == nil else { return false }
        try file.replaceLastByte(with: Array("\(loss)\n".utf8))
        lastRow?.validationLoss = loss
        return true
    }

    /// Waits until every row is on the disk.
    ///
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    public func sync() throws { try file.sync() }

    /// The rows of a table; none where there is no file.
    ///
    /// - Parameter path: of the table.
    /// - Returns: in the order of their steps, a torn last line left out.
    /// - Throws: `ReportError.cannotRead`, `.wrongHeader` or `.brokenRow`.
    public static func records(at path: String) throws -> [TrainingRecord] {
        try parse(contents(of: path) ?? [], path: path).records
    }

    private static func contents(of path: String) throws -> [UInt8]? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw ReportError.cannotRead(path: path, errno: errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                bytes += buffer[..<count]
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw ReportError.cannotRead(path: path, errno: errno)
            }
        }
    }
}
