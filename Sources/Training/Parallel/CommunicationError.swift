/// Why several processes cannot train together, or no longer.
public enum CommunicationError: Error, Equatable, CustomStringConvertible {
    case builtWithoutMPI(ranks: Int)
    case cannotJoin(reason: String)
    /// A rank is no longer there; which one and why, where that is known.
    case lost(rank: Int?, reason: String?)
    /// A rank has something else than rank 0.
    case different(rank: Int, thing: String)

    public var description: String {
        switch self {
        case .builtWithoutMPI(let ranks):
            """
            mpirun started \(ranks) processes, and this train was built without MPI; install \
            libopenmpi-dev, then type: swift build -c release --scratch-path .build-release \
            --traits MPI --product train
            """
        case .cannotJoin(let reason): "Open MPI could not bring the processes together: \(reason)"
        case .lost(let rank, let reason):
            """
            \(rank.map { "rank \($0)" } ?? "a rank") was lost\(reason.map { " (\($0))" } ?? ""); \
            start the same line again, and the run goes on from its last checkpoint
            """
        case .different(let rank, let thing):
            """
            rank \(rank) has \(thing) other than rank 0's; give all hosts the same program, files \
            and folders, and start the same line again
            """
        }
    }
}
