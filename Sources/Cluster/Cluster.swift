import Foundation
import Training

/// The job this process is a part of: with `mpirun`, one of several ranks; without, all of it.
public final class Cluster {
    public let communicator: any Communicator
    /// The ranks on this machine, this one included; they share its memory.
    public let localSize: Int
    /// This rank's share of the cores it may use; `mpirun` may have given each rank its own.
    public let threadCount: Int
    private let end: (Ending) -> Void

    private enum Ending { case leave, abort }

    /// Joins the other ranks, where `mpirun` has started this process. All of them do.
    ///
    /// - Parameter environment: where `mpirun` says that it has.
    /// - Throws: `CommunicationError`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let started = environment["OMPI_COMM_WORLD_SIZE"].flatMap { Int($0) }
        #if MPI
            if started != nil {
                let ranks = try MPICommunicator()
                let neighbours = try Neighbours(of: ranks)
                ranks.watch(neighbours)
                communicator = ranks
                localSize = neighbours.count
                threadCount = max(1, cores / neighbours.countOnSameCores)
                end = { $0 == .leave ? ranks.leave() : ranks.abort() }
                return
            }
        #else
            if let started, started > 1 {
                // What all would say, rank 0 says, and mpirun then ends the rest.
                if environment["OMPI_COMM_WORLD_RANK"] != "0" { Thread.sleep(forTimeInterval: 5) }
                throw CommunicationError.builtWithoutMPI(ranks: started)
            }
        #endif
        communicator = OneProcess()
        localSize = 1
        threadCount = cores
        end = { _ in }
    }

    /// Leaves the other ranks, which do so too: the job is done.
    public func leave() { end(.leave) }

    /// Ends the whole job, since this rank cannot go on and the others would wait for it.
    public func abort() -> Never {
        end(.abort)
        exit(EXIT_FAILURE)
    }
}
