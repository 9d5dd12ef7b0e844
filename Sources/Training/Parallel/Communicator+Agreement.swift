import Compute
import GPT2

/// All ranks failed, because one did; thrown on each of them, so that none waits for another.
public struct FailedTogether: Error {
    /// What went wrong, on the one rank that is to say so.
    public let cause: (any Error)?
}

extension Communicator {
    /// Does on every rank what may fail, and goes on when it has failed on none.
    ///
    /// - Returns: what this rank's `body` gave.
    /// - Throws: `FailedTogether`, with the cause on the lowest rank that failed; in one process
    ///   the cause itself; `CommunicationError.lost`.
    public func together<Outcome>(_ body: () throws -> Outcome) throws -> Outcome {
        guard size > 1 else { return try body() }
        let outcome = Result { try body() }
        var failures = [Double](repeating: 0, count: size)
        if case .failure = outcome { failures[rank] = 1 }
        let failed = try sum(failures).firstIndex { $0 > 0 }
        switch outcome {
        case .success(let value) where failed == nil: return value
        case .failure(let cause) where failed == rank: throw FailedTogether(cause: cause)
        default: throw FailedTogether(cause: nil)
        }
    }

    /// Rank 0's numbers, on every rank.
    ///
    /// - Throws: `CommunicationError.lost`.
    public func shared(_ numbers: [UInt64]) throws -> [UInt64] {
        guard size > 1 else { return numbers }
        // A double holds 53 bits, so each number goes in halves.
        let halves = numbers.flatMap { [Double($0 >> 32), Double($0 & 0xffff_ffff)] }
        let sums = try sum(rank == 0 ? halves : halves.map { _ in 0 })
        return numbers.indices.map { UInt64(sums[2 * $0]) << 32 | UInt64(sums[2 * $0 + 1]) }
    }

    /// Sees to it that all ranks have the same of each thing.
    ///
    /// - Parameter things: their names, as a sentence says them, and a number for each.
    /// - Throws: `FailedTogether` because of `CommunicationError.different`.
    public func requireSame(_ things: [(name: String, number: UInt64)]) throws {
        let wanted = try shared(things.map(\.number))
        try together {
            for (thing, number) in zip(things, wanted) where thing.number != number {
                throw CommunicationError.different(rank: rank, thing: thing.name)
            }
        }
    }

    /// Sees to it that all ranks have the same weights, to the bit. In one process it does nothing.
    ///
    /// - Throws: as `requireSame`.
    public func requireSame(_ weights: Weights) throws {
        guard size > 1 else { return }
        try requireSame([("weights", weights.fingerprint)])
    }
}

extension Weights {
    /// A number that is another one, all but surely, where any bit is.
    var fingerprint: UInt64 {
        buffer.floats.withMemoryRebound(to: UInt32.self) { bits in
            bits.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
    }
}
