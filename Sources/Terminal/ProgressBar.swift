import Foundation

/// Says on standard error how far long work has come: a bar redrawn in place on a terminal, a
/// plain line at every tenth otherwise, so that a log stays readable.
///
/// Not thread-safe: one owner draws it.
public struct ProgressBar {
    private let label: String
    private let isTerminal: Bool
    private let write: (String) -> Void
    private var lastDrawn = -1
    private var lastNote = ""
    private var lastDrawing: ContinuousClock.Instant
    private let now: () -> ContinuousClock.Instant
    /// Notes of their own are not worth more drawings than an eye can follow.
    private static let leastTimeBetweenNotes = Duration.milliseconds(100)

    /// - Parameters:
    ///   - label: what is going on, in a few words.
    ///   - isTerminal: whether to redraw in place; by default, whether standard error is one.
    ///   - write: where the text goes; by default standard error.
    ///   - now: the clock.
    public init(
        _ label: String,
        isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        write: @escaping (String) -> Void = { writeError($0) },
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        self.label = label
        self.isTerminal = isTerminal
        self.now = now
        self.write = write
        lastDrawing = now()
    }

    /// Draws the state `done` of `total`, if it looks different from the last.
    ///
    /// - Parameters:
    ///   - done: units finished; shown as a part of `total`.
    ///   - total: units in all; nothing is drawn while it is 0.
    ///   - note: a few words to stand behind the bar, such as a rate.
    public mutating func update(_ done: Int, of total: Int, note: String = "") {
        guard total > 0 else { return }
        let share = min(max(Double(done) / Double(total), 0), 1)
        let step = Int(share * (isTerminal ? 1000 : 10))
        let time = now()
        guard
            step != lastDrawn
                || isTerminal && note != lastNote
                    && time - lastDrawing >= Self.leastTimeBetweenNotes
        else { return }
        lastDrawn = step
        lastNote = note
        lastDrawing = time
        let percent = "\(Int(share * 100))%"
        guard isTerminal else {
            write("\(label): \(percent)\(note.isEmpty ? "" : " " + note)\n")
            return
        }
        let width = 30
        let filled = Int(share * Double(width))
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "░", count: width - filled)
        write("\r\u{1B}[K\(label) \(bar) \(percent) \(note)")
    }

    /// Leaves the line of the bar.
    public func finish() {
        if isTerminal, lastDrawn >= 0 { write("\n") }
    }
}
