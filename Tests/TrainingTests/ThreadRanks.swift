import Compute
import Foundation
import Training

/// One of several ranks that are threads of one process.
final class ThreadRank: Communicator {
    let rank: Int
    let size: Int
    let messageBytes = 0
    private let meeting: Meeting
    private var begun: [FloatSlice] = []

    fileprivate init(rank: Int, meeting: Meeting) {
        self.rank = rank
        self.meeting = meeting
        size = meeting.size
    }

    func sum(_ numbers: [Double]) -> [Double] { meeting.sum(numbers) }

    func beginSum(_ gradients: FloatSlice) { begun.append(gradients) }

    func finishSums() {
        for slice in begun { write(sum(read(slice)), to: slice) }
        begun = []
    }

    func broadcast(_ floats: FloatSlice) {
        write(sum(rank == 0 ? read(floats) : read(floats).map { _ in 0 }), to: floats)
    }

    private func read(_ slice: FloatSlice) -> [Double] {
        (0..<slice.count).map { Double(slice.base[$0]) }
    }

    private func write(_ numbers: [Double], to slice: FloatSlice) {
        for (index, number) in numbers.enumerated() { slice.base[index] = Float(number) }
    }

    /// Runs `body` on so many ranks at once.
    ///
    /// - Returns: what each gave or threw, by rank.
    static func run<Outcome: Sendable>(
        _ size: Int, _ body: @escaping @Sendable (ThreadRank) throws -> Outcome
    ) -> [Result<Outcome, any Error>] {
        let meeting = Meeting(size)
        let outcomes = Outcomes<Result<Outcome, any Error>>(size)
        for rank in 0..<size {
            Thread.detachNewThread {
                outcomes.set(
                    Result { try body(ThreadRank(rank: rank, meeting: meeting)) }, of: rank)
            }
        }
        return outcomes.all()
    }
}

/// Where ranks wait for each other. Sendable because everything is behind the condition.
private final class Meeting: @unchecked Sendable {
    let size: Int
    private let condition = NSCondition()
    private var sums: [Double] = []
    private var results: [Double] = []
    private var arrived = 0
    private var round = 0

    init(_ size: Int) { self.size = size }

    func sum(_ numbers: [Double]) -> [Double] {
        condition.withLock {
            sums = arrived == 0 ? numbers : zip(sums, numbers).map(+)
            arrived += 1
            guard arrived < size else {
                // Nobody is in the next round before all have taken the results of this one.
                results = sums
                arrived = 0
                round += 1
                condition.broadcast()
                return results
            }
            let mine = round
            while round == mine { condition.wait() }
            return results
        }
    }
}

/// Sendable because everything is behind the condition.
private final class Outcomes<Outcome>: @unchecked Sendable {
    private let condition = NSCondition()
    private var outcomes: [Outcome?]

    init(_ size: Int) { outcomes = [Outcome?](repeating: nil, count: size) }

    func set(_ outcome: Outcome, of rank: Int) {
        condition.withLock {
            outcomes[rank] = outcome
            condition.broadcast()
        }
    }

    func all() -> [Outcome] {
        condition.withLock {
            while outcomes.contains(where: { $0 == nil }) { condition.wait() }
            return outcomes.compactMap(\.self)
        }
    }
}
