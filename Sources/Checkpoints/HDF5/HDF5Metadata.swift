/// Where something is in an HDF5 file, counted from the file's base address.
struct HDF5Address: Hashable {
    let value: UInt64

    /// All ones: nothing was ever put there.
    var isUndefined: Bool { value == .max }
}

extension ByteCursor {
    mutating func address() throws -> HDF5Address { HDF5Address(value: try uint64()) }

    /// An address that has to lead somewhere.
    mutating func definedAddress() throws -> HDF5Address {
        let address = try address()
        guard !address.isUndefined else { throw fault("it refers to nothing") }
        return address
    }
}

/// Reads the structures that describe an HDF5 file's datasets, while it is being opened.
///
/// A file's structures never share bytes, and no more than their first few bytes are read twice, so
/// an honest file never has more of them read than twice its length. Holding every file to that
/// bounds the work a hostile one can cause, whatever its structures refer to.
final class HDF5Metadata {
    /// No checkpoint is near it: a dataset takes some 500 bytes.
    static let limit = 64 << 20

    let file: PositionedFile
    let base: Int
    private var budget: Int

    init(_ file: PositionedFile, base: Int) {
        self.file = file
        self.base = base
        budget = file.size > Self.limit / 2 ? Self.limit : 2 * file.size
    }

    /// The place in the file that `address` means.
    func offset(of address: HDF5Address, part: String) throws -> Int {
        guard !address.isUndefined, let relative = Int(exactly: address.value) else {
            throw CheckpointError.malformed(
                path: file.path, part: part, fault: "it refers to nothing")
        }
        let (offset, overflow) = base.addingReportingOverflow(relative)
        guard !overflow else {
            throw CheckpointError.malformed(
                path: file.path, part: part, fault: "its address is impossible")
        }
        return offset
    }

    /// A cursor over `count` bytes at `address`.
    func structure(
        at address: HDF5Address, skipping skipped: Int = 0, count: Int, part: String
    ) throws -> ByteCursor {
        let (offset, overflow) = try offset(of: address, part: part)
            .addingReportingOverflow(skipped)
        try file.requireRange(at: overflow ? -1 : offset, count: count, of: part)
        guard count <= budget else {
            throw file.size > Self.limit
                ? CheckpointError.tooLarge(
                    path: file.path, part: "its description of the datasets", bytes: count,
                    limit: Self.limit)
                : CheckpointError.malformed(
                    path: file.path, part: part, fault: "it overlaps other structures")
        }
        budget -= count
        return ByteCursor(
            try file.bytes(at: offset, count: count, part: part), path: file.path, part: part)
    }

    /// The same, for a structure whose last four bytes are the checksum of those before; the
    /// cursor leaves them out.
    func checkedStructure(
        at address: HDF5Address, count: Int, part: String
    ) throws -> ByteCursor {
        var whole = try structure(at: address, count: count, part: part)
        guard count >= 4 else { throw whole.fault("it is too short") }
        let contents = try whole.part(count - 4)
        guard try whole.uint32() == Lookup3.hash(whole.bytes.prefix(count - 4)) else {
            throw CheckpointError.wrongChecksum(path: file.path, part: part)
        }
        return contents
    }
}
