/// Which of many things is due, and when the next one will be. Pure, and cheap where deadlines
/// mostly move later: such a move touches no heap.
struct Deadlines<ID: Hashable> {
    typealias Instant = ContinuousClock.Instant

    private struct Entry {
        var time: Instant
        var id: ID
    }

    /// What holds.
    private var wanted: [ID: Instant] = [:]
    /// The earliest entry each one has in the heap, never later than what holds.
    private var queued: [ID: Instant] = [:]
    /// A min-heap by time.
    private var heap: [Entry] = []

    /// When to look again: at the latest when something is due.
    var next: Instant? { heap.first?.time }

    /// Sets, moves or, with nil, removes a deadline.
    mutating func set(_ id: ID, _ time: Instant?) {
        wanted[id] = time
        guard let time else { return }
        if let earlier = queued[id], earlier <= time { return }
        push(Entry(time: time, id: id))
    }

    /// Takes out everything due at `now`.
    mutating func due(at now: Instant) -> [ID] {
        var due: [ID] = []
        while let first = heap.first, first.time <= now {
            pop()
            // Entries that a move to an earlier time left behind.
            guard queued[first.id] == first.time else { continue }
            queued[first.id] = nil
            guard let time = wanted[first.id] else { continue }
            if time <= now {
                wanted[first.id] = nil
                due.append(first.id)
            } else {
                push(Entry(time: time, id: first.id))
            }
        }
        return due
    }

    private mutating func push(_ entry: Entry) {
        queued[entry.id] = entry.time
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].time < heap[left].time ? right : left
            guard heap[child].time < heap[parent].time else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
