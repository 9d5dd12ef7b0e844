#if MPI
    import CMPI
    import Compute
    import Training

    /// The ranks that `mpirun` started, as one of them sees the others. Belongs to one thread.
    final class MPICommunicator: Communicator {
        let rank: Int
        let size: Int
        // As measured: what is sent, what comes in, and what a sum is made in.
        let messageBytes = 3 * bucket * MemoryLayout<Float>.stride
        private let thread = MessageThread()
        /// Gradients that are ready and too few to be worth a message yet.
        private var gathered: FloatSlice?

        /// The least floats of gradients that are sent at once, where more are to come: 25 MB.
        private static let bucket = 6_250_000

        /// Joins the other ranks. Once in the life of a process.
        ///
        /// - Throws: `CommunicationError.cannotJoin`, `.lost`.
        init() throws {
            (rank, size) = try thread.join()
        }

        func watch(_ neighbours: Neighbours) { thread.watch(neighbours) }

        func beginSum(_ gradients: FloatSlice) {
            guard let gathered else { return send(ifLarge: gradients) }
            // The backward pass finishes the arena from its end to its beginning.
            if gradients.base + gradients.count == gathered.base {
                send(
                    ifLarge: FloatSlice(
                        base: gradients.base, count: gradients.count + gathered.count))
            } else {
                send(gathered)
                send(ifLarge: gradients)
            }
        }

        func finishSums() throws {
            if let gathered { send(gathered) }
            gathered = nil
            try thread.wait()
        }

        private func send(ifLarge gradients: FloatSlice) {
            gathered = gradients.count < Self.bucket ? gradients : nil
            if gathered == nil { send(gradients) }
        }

        private func send(_ gradients: FloatSlice) {
            for piece in pieces(of: gradients) {
                thread.submit {
                    dixie_mpi_begin_sum_floats(piece.base, Int32(piece.count), $0)
                }
            }
        }

        func sum(_ numbers: [Double]) throws -> [Double] {
            // Not an array's own memory: when a rank is lost, MPI may still write there.
            let sums = UnsafeMutableBufferPointer<Double>.allocate(capacity: numbers.count)
            _ = sums.initialize(from: numbers)
            thread.submit {
                dixie_mpi_begin_sum_doubles(sums.baseAddress, Int32(sums.count), $0)
            }
            try thread.wait()
            defer { sums.deallocate() }
            return Array(sums)
        }

        func broadcast(_ floats: FloatSlice) throws {
            for piece in pieces(of: floats) {
                thread.submit { dixie_mpi_begin_broadcast(piece.base, Int32(piece.count), $0) }
            }
            try thread.wait()
        }

        /// About equally large, none of them much larger than a bucket.
        private func pieces(of floats: FloatSlice) -> [FloatSlice] {
            let count = (floats.count + Self.bucket - 1) / Self.bucket
            return (0..<count).map {
                floats[floats.count * $0 / count..<floats.count * ($0 + 1) / count]
            }
        }

        /// Leaves the other ranks, which do so too.
        func leave() { thread.leave() }

        /// Ends all ranks, this one too.
        func abort() { thread.abort() }
    }
#endif
