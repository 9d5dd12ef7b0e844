import CSystem
import Dispatch
import Foundation

/// Says when a socket can be read from or written to, and closes it.
///
/// To be used on its set's queue only.
final class EventSource {
    /// Of epoll(7).
    struct Events: OptionSet {
        let rawValue: UInt32

        static let readable = Events(
            rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
        )
        static let writable = Events(
            rawValue: EPOLLOUT.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue)
        /// Both, each told when it comes and not for as long as it is so: who is held up on purpose
        /// would be told without end otherwise.
        static let all = Events(
            rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLOUT.rawValue | EPOLLET.rawValue)
    }

    private let descriptor: Int32
    private unowned let set: EventSet
    /// Of the set; nil once the socket is closed.
    private var number: UInt64?
    private let onReadable: () -> Void
    private let onWritable: () -> Void
    private var isReading = false
    private var isWriting = false

    /// - Parameters:
    ///   - descriptor: An open, non-blocking socket, owned from now on, and closed if this throws.
    ///   - set: On whose queue everything is called.
    ///   - onReadable: Must read until there is nothing left or the end is reached: what has been told
    ///     of is not told again.
    ///   - onWritable: Called when there is room again, while writing is wanted.
    /// - Throws: `HTTPServerError.system` where the system has no room to watch it.
    init(
        descriptor: Int32, set: EventSet, onReadable: @escaping () -> Void,
        onWritable: @escaping () -> Void = {}
    ) throws(HTTPServerError) {
        self.descriptor = descriptor
        self.set = set
        self.onReadable = onReadable
        self.onWritable = onWritable
        do throws(HTTPServerError) {
            number = try set.add(self, descriptor)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// - Returns: Whether reading has just become wanted: there may be something to read that
    ///   was told of before, and will not be again.
    @discardableResult
    func setReading(_ wanted: Bool) -> Bool {
        defer { isReading = wanted }
        return wanted && !isReading
    }

    /// To be wanted when a write has found no room: that there is some is told once it comes.
    func setWriting(_ wanted: Bool) { isWriting = wanted }

    /// Called by the set.
    func take(_ events: Events) {
        if isWriting, !events.isDisjoint(with: .writable) { onWritable() }
        // Which may have closed it.
        if number != nil, isReading, !events.isDisjoint(with: .readable) { onReadable() }
    }

    /// Closes the socket, after which nothing more is called.
    ///
    /// - Parameter onClosed: Called on the queue when the descriptor is closed.
    func cancel(onClosed: @escaping @Sendable () -> Void = {}) {
        guard let number else { return }
        self.number = nil
        // First out of the set: the descriptor's number is free for others the moment it is closed.
        set.remove(number, descriptor)
        close(descriptor)
        set.queue.async(execute: onClosed)
    }
}
