import Dispatch
import Foundation
import Synchronization
import Testing

@testable import HTTP

/// What sockets are told, and what they are not.
struct EventSetTests {
    /// Two ends of a connection: ours, which is watched, and the other.
    private struct Ends {
        let ours: Int32
        let other: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
            try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
            (ours, other) = (ends[0], ends[1])
        }

        func send(_ count: Int = 1) {
            #expect(write(other, [UInt8](repeating: 1, count: count), count) == count)
        }
    }

    /// What has happened, in order.
    private final class Notes: Sendable {
        private let notes = Mutex<[String]>([])

        func add(_ note: String) { notes.withLock { $0.append(note) } }

        var all: [String] { notes.withLock { $0 } }
    }

    private func set() throws -> EventSet { try EventSet(queue: DispatchQueue(label: "test")) }

    /// Lets the set tell what has happened by now.
    private func settle(_ set: EventSet) async {
        for _ in 0..<20 {
            await withCheckedContinuation { done in
                set.queue.asyncAfter(deadline: .now() + 0.005) { done.resume() }
            }
        }
    }

    @Test func whoReadsIsToldOnceForWhatHasCome() async throws {
        let (set, ends, notes) = (try set(), try Ends(), Notes())
        try set.queue.sync {
            let source = try EventSource(descriptor: ends.ours, set: set) { notes.add("read") }
            source.setReading(true)
        }
        ends.send()
        await settle(set)
        // It was not read, and still it is told of once.
        #expect(notes.all == ["read"])
        ends.send()
        await settle(set)
        #expect(notes.all == ["read", "read"])
        close(ends.other)
    }

    @Test func whoDoesNotReadIsNotTold() async throws {
        let (set, ends, notes) = (try set(), try Ends(), Notes())
        let source = try set.queue.sync {
            try EventSource(descriptor: ends.ours, set: set) { notes.add("read") }
        }
        ends.send()
        close(ends.other)
        await settle(set)
        #expect(notes.all == [])
        // That there may be something to read by now, the caller learns at once.
        #expect(set.queue.sync { source.setReading(true) == true })
        #expect(set.queue.sync { source.setReading(true) == false })
    }

    @Test func roomIsToldOfAfterThereWasNone() async throws {
        let (set, ends, notes) = (try set(), try Ends(), Notes())
        let source = try set.queue.sync {
            try EventSource(
                descriptor: ends.ours, set: set, onReadable: { notes.add("read") },
                onWritable: { notes.add("write") })
        }
        await settle(set)
        #expect(notes.all == [])
        let bytes = [UInt8](repeating: 1, count: 1 << 16)
        while write(ends.ours, bytes, bytes.count) > 0 {}
        set.queue.sync { source.setWriting(true) }
        await settle(set)
        #expect(notes.all == [])
        var room = [UInt8](repeating: 0, count: 1 << 20)
        while read(ends.other, &room, room.count) > 0 {}
        await settle(set)
        #expect(notes.all.contains("write") && !notes.all.contains("read"))
        close(ends.other)
    }

    /// Two sockets have something at a time, and whoever is told first closes the other, whose number
    /// the next one gets.
    @Test func whatIsClosedIsNotToldNorItsSuccessor() async throws {
        // Where another test is first to get the number, there is no successor, and nothing is shown.
        for _ in 0..<100 {
            if try await closesAnotherThatHasASuccessor() { return }
        }
        Issue.record("of a hundred sockets none could be given the number of the one before")
    }

    /// - Returns: whether the next socket got the number of the one that was closed.
    private func closesAnotherThatHasASuccessor() async throws -> Bool {
        let (set, notes) = (try set(), Notes())
        let (one, other) = (try Ends(), try Ends())
        final class Pair: @unchecked Sendable {
            // Only touched on the set's queue.
            var sources: [EventSource?] = []
            var successor: EventSource?
        }
        let pair = Pair()
        try set.queue.sync {
            for (index, ends) in [one, other].enumerated() {
                let source = try EventSource(descriptor: ends.ours, set: set) {
                    notes.add("read")
                    pair.sources[1 - index]?.cancel { notes.add("closed") }
                    let closed = [one, other][1 - index].ours
                    let next = fcntl([one, other][index].other, F_DUPFD, closed)
                    if next == closed {
                        pair.successor = try? EventSource(descriptor: next, set: set) {
                            notes.add("successor")
                        }
                    } else if next >= 0 {
                        close(next)
                    }
                }
                source.setReading(true)
                pair.sources.append(source)
            }
            one.send()
            other.send()
        }
        await settle(set)
        #expect(notes.all == ["read", "closed"])
        return set.queue.sync { pair.successor != nil }
    }

    @Test func aSocketThatCannotBeWatchedIsClosed() throws {
        let set = try set()
        let path = FileManager.default.temporaryDirectory.path
        let folder = open(path, O_RDONLY | O_DIRECTORY)
        var before = stat()
        try #require(fstat(folder, &before) == 0)
        let refused = HTTPServerError.system(call: "epoll_ctl", errno: EPERM)
        set.queue.sync {
            _ = #expect(throws: refused) { try EventSource(descriptor: folder, set: set) {} }
        }
        // Another test may have its number by now.
        var after = stat()
        #expect(fstat(folder, &after) != 0 || after.st_ino != before.st_ino)
    }
}
