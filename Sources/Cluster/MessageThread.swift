#if MPI
    import CMPI
    import Foundation
    import Training

    /// The one thread of this process that speaks to MPI.
    ///
    /// What is to be done stands in a line, in the same order on every rank. MPI moves data only
    /// while it is called, so the thread asks again and again. It never blocks inside MPI, and can
    /// therefore give up at any moment, such as when a rank was lost.
    ///
    /// @unchecked Sendable because everything that two threads touch is behind the condition.
    final class MessageThread: @unchecked Sendable {
        /// Begins something that MPI then does by itself; returns MPI's code.
        typealias Operation = (UnsafeMutablePointer<MPI_Request?>) -> Int32

        /// What is under way at once: each sum needs as much memory again as it has numbers.
        private static let mostUnderWay = 3

        private enum Stage { case joining, joined, leaving, aborting, ended }

        private let condition = NSCondition()
        private var stage = Stage.joining
        private var place = (rank: 0, size: 1)
        private var line: [Operation] = []
        private var unfinished = 0
        private var isAwaited = false
        private var neighbours: Neighbours?
        private var failure: CommunicationError?

        /// Starts the thread, which joins the other ranks.
        ///
        /// - Returns: which rank this is, of how many.
        /// - Throws: `CommunicationError.cannotJoin`.
        func join() throws -> (rank: Int, size: Int) {
            let thread = Thread { self.serve() }
            thread.name = "dixie.mpi"
            thread.start()
            return try condition.withLock {
                while stage == .joining { condition.wait() }
                if let failure { throw failure }
                return place
            }
        }

        /// Puts something in the line. What it works on stays where it is until `wait` has returned.
        func submit(_ operation: @escaping Operation) {
            condition.withLock {
                line.append(operation)
                unfinished += 1
                condition.broadcast()
            }
        }

        /// Waits until everything in the line is done.
        ///
        /// - Throws: `CommunicationError.lost`; MPI may then still write where it was told to.
        func wait() throws {
            try condition.withLock {
                isAwaited = true
                defer { isAwaited = false }
                while unfinished > 0, failure == nil { condition.wait() }
                if let failure { throw failure }
            }
        }

        /// Whom to look after while something is under way.
        func watch(_ neighbours: Neighbours) {
            condition.withLock { self.neighbours = neighbours }
        }

        /// Leaves the other ranks, which do so too.
        func leave() { end(by: .leaving, within: 60) }

        /// Ends all ranks; this one too, or else the caller should.
        func abort() { end(by: .aborting, within: 5) }

        private func end(by stage: Stage, within seconds: Double) {
            let deadline = Date(timeIntervalSinceNow: seconds)
            condition.withLock {
                guard self.stage == .joined else { return }
                self.stage = stage
                condition.broadcast()
                while self.stage != .ended, condition.wait(until: deadline) {}
            }
        }
    }

    // What only the thread itself does.
    extension MessageThread {
        private func serve() {
            guard joinRanks() else { return }
            var underWay: [MPI_Request?] = []
            var patience = Patience()
            while true {
                let (begun, stage) = next(underWay: underWay.count)
                if stage == .leaving || stage == .aborting { return end(by: stage) }
                for operation in begun {
                    var request: MPI_Request?
                    guard check(operation(&request)) else { break }
                    underWay.append(request)
                }
                let before = underWay.count
                underWay.removeAll { isDone($0) }
                let done = before - underWay.count
                if done > 0 {
                    patience = Patience()
                    finish(done)
                } else if condition.withLock({ failure != nil }) {
                    underWay = []
                } else {
                    patience.pause(isAwaited: condition.withLock { isAwaited })
                    if patience.isTimeToLookAround { lookAround() }
                }
            }
        }

        private func joinRanks() -> Bool {
            var rank: Int32 = 0
            var size: Int32 = 0
            let code = dixie_mpi_join(&rank, &size)
            return condition.withLock {
                defer { condition.broadcast() }
                guard code == dixie_mpi_success else {
                    failure = .cannotJoin(reason: Self.text(of: code))
                    stage = .ended
                    return false
                }
                place = (Int(rank), Int(size))
                stage = .joined
                return true
            }
        }

        /// Sleeps while there is nothing to do.
        private func next(underWay: Int) -> (begun: ArraySlice<Operation>, stage: Stage) {
            condition.withLock {
                while line.isEmpty, underWay == 0, stage == .joined { condition.wait() }
                let count = failure == nil ? min(line.count, Self.mostUnderWay - underWay) : 0
                defer { line.removeFirst(failure == nil ? count : line.count) }
                return (line.prefix(count), stage)
            }
        }

        private func isDone(_ request: MPI_Request?) -> Bool {
            var request = request
            var isDone: Int32 = 0
            return check(dixie_mpi_test(&request, &isDone)) && isDone != 0
        }

        private func finish(_ count: Int) {
            condition.withLock {
                unfinished -= count
                if unfinished == 0 { condition.broadcast() }
            }
        }

        private func lookAround() {
            guard let lost = condition.withLock({ neighbours })?.lost else { return }
            fail(.lost(rank: lost, reason: nil))
        }

        private func check(_ code: Int32) -> Bool {
            guard code != dixie_mpi_success else { return true }
            fail(.lost(rank: nil, reason: Self.text(of: code)))
            return false
        }

        private func fail(_ error: CommunicationError) {
            condition.withLock {
                failure = failure ?? error
                condition.broadcast()
            }
        }

        private func end(by stage: Stage) {
            if stage == .aborting { _ = dixie_mpi_abort(1) } else { _ = MPI_Finalize() }
            condition.withLock {
                self.stage = .ended
                condition.broadcast()
            }
        }

        private static func text(of code: Int32) -> String {
            var text = [CChar](repeating: 0, count: Int(dixie_mpi_longest_text) + 1)
            var length: Int32 = 0
            guard MPI_Error_string(code, &text, &length) == dixie_mpi_success else {
                return "MPI's error \(code)"
            }
            return String(decoding: text.prefix(Int(length)).map(UInt8.init), as: UTF8.self)
        }
    }
#endif
