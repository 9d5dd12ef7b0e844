/// The directory of a zip file as NumPy writes them: members stored or deflated, none encrypted.
///
/// Only the central directory is believed, and only where it is consistent: it ends the file,
/// members lie before it without sharing a byte, and each local header repeats its name. Zip64
/// is read everywhere, since NumPy marks every member so. Names are never used as paths.
struct ZipArchive {
    enum Method: Equatable {
        case stored, deflated
    }

    struct Member: Equatable {
        let name: String
        let method: Method
        let checksum: UInt32
        /// In the archive.
        let compressedByteCount: Int
        /// As declared; what is read must come to exactly this.
        let byteCount: Int
        /// Of its first compressed byte.
        let offset: Int
    }

    /// A million members' directory; weights have hundreds.
    static let maximumDirectoryByteCount = 64 << 20
    /// Deflate cannot do better than 258 bytes for two bits.
    static let maximumDeflateRatio = 1032

    let file: PositionedFile
    /// In the order of the directory.
    private(set) var members: [Member] = []

    /// Reads and checks the directory.
    ///
    /// - Parameters:
    ///   - file: the archive.
    ///   - maximumByteCount: what all members together may declare. A ratio per member would refuse
    ///     honest data (a dataset of one repeated token deflates a thousandfold), and no ratio
    ///     protects from a large file; what the caller is ready to hold does.
    ///   - maximumMemberCount: how many members there may be; each costs a look at the file.
    /// - Throws: `CheckpointError`: not a zip file, damaged, or made in a way NumPy does not.
    init(
        _ file: PositionedFile, maximumByteCount: Int, maximumMemberCount: Int = .max
    ) throws {
        self.file = file
        let end = try ZipDirectoryEnd(of: file)
        guard end.byteCount <= Self.maximumDirectoryByteCount else {
            throw CheckpointError.tooLarge(
                path: file.path, part: "the zip directory", bytes: end.byteCount,
                limit: Self.maximumDirectoryByteCount)
        }
        var fields = LittleEndianFields(
            try file.bytes(at: end.offset, count: end.byteCount, part: "the zip directory"),
            path: file.path, part: "the zip directory")
        var headers: [ZipHeader] = []
        var names: Set<String> = []
        var total = 0
        while !fields.isAtEnd {
            guard headers.count < maximumMemberCount else {
                throw fields.malformed("it lists more than \(maximumMemberCount) members")
            }
            let header = try ZipHeader(&fields)
            guard names.insert(header.name).inserted else {
                throw fields.malformed("the member \(header.name) stands twice")
            }
            let (sum, overflow) = total.addingReportingOverflow(header.byteCount)
            total = overflow ? .max : sum
            headers.append(header)
        }
        guard headers.count == end.memberCount else {
            throw fields.malformed(
                "it lists \(headers.count) members where \(end.memberCount) are announced")
        }
        guard total <= maximumByteCount else {
            throw CheckpointError.tooLarge(
                path: file.path, part: "the arrays together", bytes: total,
                limit: maximumByteCount)
        }
        members = try Self.locate(headers, in: file, before: end.offset)
    }

    /// Finds each member's first byte, which only its local header tells.
    private static func locate(
        _ headers: [ZipHeader], in file: PositionedFile, before directory: Int
    ) throws -> [Member] {
        var members: [Member] = []
        var extents: [Range<Int>] = []
        for header in headers {
            let offset = try header.dataOffset(in: file)
            let (end, overflow) = offset.addingReportingOverflow(header.compressedByteCount)
            guard !overflow, end <= directory else {
                throw CheckpointError.malformed(
                    path: file.path, part: "the member \(header.name)",
                    fault: "it runs into the zip directory")
            }
            extents.append(header.localHeaderOffset..<end)
            members.append(
                Member(
                    name: header.name, method: header.method, checksum: header.checksum,
                    compressedByteCount: header.compressedByteCount, byteCount: header.byteCount,
                    offset: offset))
        }
        let ordered = extents.sorted { $0.lowerBound < $1.lowerBound }
        for (first, second) in zip(ordered, ordered.dropFirst())
        where first.upperBound > second.lowerBound {
            throw CheckpointError.malformed(
                path: file.path, part: "the zip directory", fault: "two members share bytes")
        }
        return members
    }
}
