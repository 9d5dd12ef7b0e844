import CSystem
import Dispatch
import Foundation

/// Tells the sockets of one queue what has happened to them: one set of epoll's, which one source of
/// Dispatch watches for as long as the queue lives.
///
/// Not a source for each socket: where such are set up and torn down while events come, libdispatch
/// on Linux follows pointers to what it has freed (swiftlang/swift-corelibs-libdispatch#949), and the
/// process ends. This set's own source stays where it is.
///
/// To be used on its queue only.
final class EventSet: @unchecked Sendable {
    // Sendable because everything that changes is only touched on `queue`.

    let queue: DispatchQueue
    private let descriptor: Int32
    private let watch: any DispatchSourceRead
    private let happened = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 64)
    /// By a number that none other ever has: a descriptor's number is soon another socket's.
    private var sources: [UInt64: EventSource] = [:]
    private var lastNumber: UInt64 = 0

    /// - Parameter queue: a serial queue, on which everything is called.
    /// - Throws: `HTTPServerError.system` where files have run out.
    init(queue: DispatchQueue) throws(HTTPServerError) {
        self.queue = queue
        let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
        self.descriptor = descriptor
        watch = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        watch.setCancelHandler { close(descriptor) }
        watch.setEventHandler { [weak self] in self?.tell() }
        watch.resume()
    }

    deinit {
        watch.cancel()
        happened.deallocate()
    }

    /// Takes a socket into the set. All its events are told once, when they come.
    ///
    /// - Parameters:
    ///   - source: gets them.
    ///   - socket: its descriptor.
    /// - Returns: the number to take it out by.
    /// - Throws: `HTTPServerError.system` where the system has no room for it.
    func add(_ source: EventSource, _ socket: Int32) throws(HTTPServerError) -> UInt64 {
        lastNumber += 1
        var wanted = epoll_event()
        wanted.events = EventSource.Events.all.rawValue
        wanted.data.u64 = lastNumber
        guard epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &wanted) == 0 else {
            throw .system(call: "epoll_ctl", errno: errno)
        }
        sources[lastNumber] = source
        return lastNumber
    }

    /// Takes a socket out, before it is closed.
    func remove(_ number: UInt64, _ socket: Int32) {
        sources[number] = nil
        // It cannot fail for a socket that is in the set and open.
        epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil)
    }

    private func tell() {
        // What does not fit stays, and rings again.
        let count = epoll_wait(
            descriptor, happened.baseAddress, Int32(happened.count), 0)
        guard count > 0 else { return }
        for event in happened[..<Int(count)] {
            // One that came before in the same list may have closed this one's socket.
            sources[event.data.u64]?.take(EventSource.Events(rawValue: event.events))
        }
    }
}
