/// A `.npy` file whose header has been read and checked and whose elements have not been read:
/// for arrays that are too large to be in memory whole.
public struct NPYFile: Sendable {
    /// The open file; see `PositionedFile.read(at:into:part:)`.
    public let file: PositionedFile
    public let elementType: ElementType
    /// Row-major.
    public let shape: [Int]
    public let elementCount: Int
    /// The byte of the file that the first element begins at; the last ends with the file.
    public let offset: Int

    /// Opens a file.
    ///
    /// - Parameter path: the file.
    /// - Throws: `CheckpointError`: no file, damaged, an object array (a pickle), big-endian or
    ///   Fortran order.
    public init(path: String) throws {
        let stream = try FileStream(path: path)
        let header = try NPYHeader(from: stream)
        file = stream.file
        elementType = header.elementType
        shape = header.shape
        elementCount = header.elementCount
        offset = file.size - stream.remaining
    }
}
