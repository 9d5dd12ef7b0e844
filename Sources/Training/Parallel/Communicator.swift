import Compute

/// The processes that train one model together, as one of them sees the others. All of them make
/// the same calls in the same order.
public protocol Communicator: AnyObject {
    /// Which of the processes this is, from 0; rank 0 writes the files.
    var rank: Int { get }
    /// How many there are.
    var size: Int { get }
    /// Bytes that messages on their way take of this process's memory.
    var messageBytes: Int { get }

    /// Begins to add up some gradients over all ranks. It goes on while this process computes;
    /// until `finishSums` has returned nobody may touch them.
    func beginSum(_ gradients: FloatSlice)

    /// Waits for all sums that were begun.
    ///
    /// - Throws: `CommunicationError` when a rank was lost.
    func finishSums() throws

    /// The sum of each number over all ranks, the same on each.
    ///
    /// - Throws: `CommunicationError` when a rank was lost.
    func sum(_ numbers: [Double]) throws -> [Double]

    /// Gives all ranks the floats that rank 0 has.
    ///
    /// - Throws: `CommunicationError` when a rank was lost.
    func broadcast(_ floats: FloatSlice) throws
}

/// Training in one process: nobody to wait for.
public final class OneProcess: Communicator {
    public let rank = 0
    public let size = 1
    public let messageBytes = 0

    public init() {}

    public func beginSum(_ gradients: FloatSlice) {}
    public func finishSums() {}
    public func sum(_ numbers: [Double]) -> [Double] { numbers }
    public func broadcast(_ floats: FloatSlice) {}
}
