import Foundation

/// What comes out of a pipe, gathered by a thread of its own.
///
/// @unchecked Sendable because everything is behind the condition.
public final class PipeReader: @unchecked Sendable {
    private let condition = NSCondition()
    private var text = ""
    private var hasEnded = false

    public init(_ pipe: Pipe) {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [self] in
            while true {
                let data = handle.availableData
                condition.withLock {
                    text += String(decoding: data, as: UTF8.self)
                    hasEnded = data.isEmpty
                    condition.broadcast()
                }
                if data.isEmpty { return }
            }
        }
    }

    /// What has come so far.
    public var soFar: String { condition.withLock { text } }

    /// All there is, once the other end is closed.
    public func waitForAll() -> String {
        condition.withLock {
            while !hasEnded { condition.wait() }
            return text
        }
    }

    /// Waits until the other end is closed; false if five minutes pass without it.
    public func waitForEnd() -> Bool {
        wait { _ in false }
        return condition.withLock { hasEnded }
    }

    /// Waits until the text holds `part`; nil if it ends, or five minutes pass, without it: a busy
    /// machine is slow.
    public func wait(for part: String) -> String? {
        wait { $0.contains(part) }
        return condition.withLock { text.contains(part) ? text : nil }
    }

    private func wait(until isEnough: (String) -> Bool) {
        let deadline = Date(timeIntervalSinceNow: 300)
        condition.withLock {
            while !isEnough(text), !hasEnded, condition.wait(until: deadline) {}
        }
    }
}
