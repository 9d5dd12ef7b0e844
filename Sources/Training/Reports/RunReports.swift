import Foundation

/// All that a run leaves to be looked at in its folder: `loss.csv`, `loss.svg`, `train.log` and
/// an event file for TensorBoard.
///
/// One thread calls it. A validation may be told with its step's record, before it or after it;
/// it is written once.
public final class RunReports {
    private let table: LossTable
    private let events: EventFile
    private let log: TrainingLog
    private let picture: String
    private var curve: LossCurve
    private let now: () -> Date
    private let begun: Date
    private var lastRecorded: Date
    /// The last validation, to be told once.
    private var validation: (step: Int, loss: Double)?

    /// Opens the reports of a run.
    ///
    /// - Parameters:
    ///   - folder: of the run, such as `checkpoint/run1`; made if it is not there.
    ///   - runName: the title of the picture.
    ///   - step: the last step that the resumed checkpoint has seen: what is reported of later
    ///     ones is dropped. Nil begins anew.
    ///   - now: the clock.
    /// - Throws: `ReportError` or `CheckpointError`, in one sentence that names the file.
    public init(
        folder: String, runName: String, resumingAfter step: Int?,
        now: @escaping () -> Date = { Date() }
    ) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            let code = cause.flatMap { Int32(exactly: $0.code) } ?? EIO
            throw ReportError.writing(folder, "create", code)
        }
        let (table, records) = try LossTable.open(
            path: folder + "/loss.csv", resumingAfter: step)
        self.table = table
        log = try TrainingLog(path: folder + "/train.log")
        events = try EventFile(
            folder: folder, resumingAfter: step, now: { now().timeIntervalSince1970 })
        picture = folder + "/loss.svg"
        curve = LossCurve(runName: runName, records: records)
        self.now = now
        begun = now()
        lastRecorded = begun
    }

    /// Writes down a step.
    ///
    /// - Parameters:
    ///   - record: of the step; takes the loss of a validation of the same step that was told
    ///     before.
    ///   - scheduleStep: where the learning rate's schedule stands, if not at the record's step.
    /// - Returns: the step's line in the log, to be shown.
    /// - Throws: `ReportError`, in one sentence that names the file.
    @discardableResult
    public func record(_ record: TrainingRecord, scheduleStep: Int? = nil) throws -> String {
        var record = record
        if record.validationLoss == nil, let validation, validation.step == record.step {
            record.validationLoss = validation.loss
        }
        let time = now()
        let line = TrainingLog.line(
            record, time: time, elapsed: time.timeIntervalSince(begun),
            delta: time.timeIntervalSince(lastRecorded), scheduleStep: scheduleStep)
        lastRecorded = time
        try table.append(record)
        try events.append(record)
        try log.append(line)
        curve.add(record)
        if let loss = record.validationLoss { try note(validationLoss: loss, step: record.step) }
        return line
    }

    /// Writes down a validation and draws the picture anew.
    ///
    /// - Parameters:
    ///   - step: after which the model was validated.
    ///   - loss: mean cross-entropy, in nats.
    /// - Throws: `ReportError` or `CheckpointError`, in one sentence that names the file.
    public func validated(step: Int, loss: Double) throws {
        try table.fillIn(validationLoss: loss, of: step)
        try note(validationLoss: loss, step: step)
        try draw()
    }

    /// Draws the picture as things stand.
    ///
    /// - Throws: `CheckpointError`, in one sentence that names the file.
    public func draw() throws { try curve.write(to: picture) }

    private func note(validationLoss loss: Double, step: Int) throws {
        guard validation?.step != step else { return }
        validation = (step, loss)
        curve.add(validationLoss: loss, step: step)
        let time = now()
        try events.append(validationLoss: loss, step: step)
        try log.append(
            TrainingLog.line(
                validationLoss: loss, step: step, time: time,
                elapsed: time.timeIntervalSince(begun)))
    }

    /// Draws the picture a last time and waits until everything is on the disk.
    ///
    /// - Throws: `ReportError` or `CheckpointError`, in one sentence that names the file.
    public func finish() throws {
        try draw()
        try table.sync()
        try events.sync()
        try log.sync()
    }
}
