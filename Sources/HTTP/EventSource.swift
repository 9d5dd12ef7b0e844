import Dispatch
import Foundation

/// Says when a socket can be read from or written to, and closes it. All that is known of
/// Dispatch's sources is known here; `docs/CONCURRENCY.md` lists what they need on Linux.
///
/// To be used on its queue only.
final class EventSource {
    private let descriptor: Int32
    private let queue: DispatchQueue
    private let reading: any DispatchSourceRead
    private var isReading = false
    private let onWritable: @Sendable () -> Void
    private var writing: (any DispatchSourceWrite)?
    private var isWriting = false
    private var isCancelled = false

    /// - Parameters:
    ///   - descriptor: An open, non-blocking socket, owned from now on.
    ///   - queue: A serial queue, on which everything is called.
    ///   - onReadable: Must read until there is nothing left or the end is reached: of bytes and
    ///     an end that come together, epoll tells only once.
    ///   - onWritable: Called when there is room again, while writing is wanted.
    init(
        descriptor: Int32, queue: DispatchQueue, onReadable: @escaping @Sendable () -> Void,
        onWritable: @escaping @Sendable () -> Void = {}
    ) {
        self.descriptor = descriptor
        self.queue = queue
        self.onWritable = onWritable
        reading = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        reading.setEventHandler(handler: onReadable)
        // A fresh source counts as suspended once.
    }

    /// - Returns: Whether reading has just become wanted: there may be something to read that
    ///   was told of before, and will not be again.
    @discardableResult
    func setReading(_ wanted: Bool) -> Bool {
        guard wanted != isReading, !isCancelled else { return false }
        isReading = wanted
        if wanted { reading.resume() } else { reading.suspend() }
        return wanted
    }

    func setWriting(_ wanted: Bool) {
        guard wanted != isWriting, !isCancelled else { return }
        isWriting = wanted
        if wanted {
            writing = writing ?? makeWriting()
            writing?.resume()
        } else {
            writing?.suspend()
        }
    }

    private func makeWriting() -> any DispatchSourceWrite {
        // Most connections never need it: their answers fit into the socket's buffer.
        let source = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler(handler: onWritable)
        return source
    }

    /// Closes the socket, after which nothing more is called.
    ///
    /// - Parameter onClosed: Called on the queue when the descriptor is closed.
    func cancel(onClosed: @escaping @Sendable () -> Void = {}) {
        guard !isCancelled else { return }
        isCancelled = true
        // The descriptor's number is free for others the moment it is closed, and must not be in
        // epoll's set any more by then: so it is closed only when both sources have let go of it.
        let descriptor = descriptor
        let group = DispatchGroup()
        let sources: [(any DispatchSourceProtocol, Bool)] =
            [(reading, isReading)] + (writing.map { [($0, isWriting)] } ?? [])
        for (source, isRunning) in sources {
            group.enter()
            source.setCancelHandler { group.leave() }
            source.cancel()
            // A suspended source never gets to its cancellation.
            if !isRunning { source.resume() }
        }
        group.notify(queue: queue) {
            close(descriptor)
            onClosed()
        }
    }
}
