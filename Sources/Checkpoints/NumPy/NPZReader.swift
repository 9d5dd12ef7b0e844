import Foundation

/// The arrays in an `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write it.
public struct NPZReader: Sendable {
    /// What all arrays of a file together may declare: half of this machine's memory.
    public static let defaultMaximumByteCount = Int(
        clamping: ProcessInfo.processInfo.physicalMemory / 2)

    private let file: PositionedFile
    private let members: [(name: String, member: ZipArchive.Member)]

    /// The arrays' names, without `.npy`, in the file's order.
    public var names: [String] { members.map(\.name) }
    public var path: String { file.path }

    /// Opens a file and checks its directory; the arrays are read afterwards.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - maximumByteCount: what all arrays together may declare.
    ///   - maximumMemberCount: how many there may be.
    /// - Throws: `CheckpointError`: damaged, encrypted, holding something else than arrays.
    public init(
        path: String, maximumByteCount: Int = defaultMaximumByteCount,
        maximumMemberCount: Int = .max
    ) throws {
        file = try PositionedFile(path: path)
        let archive = try ZipArchive(
            file, maximumByteCount: maximumByteCount, maximumMemberCount: maximumMemberCount)
        members = try archive.members.map { member in
            guard member.name.hasSuffix(".npy") else {
                // PyTorch's own files are zips too, around a pickle.
                if member.name.hasSuffix(".pkl") { throw CheckpointError.pickle(path: path) }
                throw CheckpointError.unsupported(
                    path: path, feature: "a zip member that is no array, \(member.name)")
            }
            return (String(member.name.dropLast(4)), member)
        }
    }

    /// Reads one array whole, its checksum verified.
    ///
    /// - Parameter name: one of `names`.
    /// - Returns: the array.
    /// - Throws: `CheckpointError`: no such array, damaged, or not of plain numbers.
    public func array(named name: String) throws -> NPYArray {
        guard let (_, member) = members.first(where: { $0.name == name }) else {
            throw CheckpointError.noSuchTensor(path: path, tensor: name)
        }
        return try NPYArray(from: ZipMemberStream(member, in: file))
    }

    /// Every array's header and a stream maker, for readers that convert as they go.
    func openMembers() throws -> [(name: String, header: NPYHeader, member: ZipArchive.Member)] {
        try members.map { name, member in
            (name, try NPYHeader(from: ZipMemberStream(member, in: file)), member)
        }
    }

    func stream(_ member: ZipArchive.Member) throws -> ZipMemberStream {
        try ZipMemberStream(member, in: file)
    }
}
