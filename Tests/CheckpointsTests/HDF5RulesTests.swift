import TestSupport
import Testing

@testable import Checkpoints

/// Files of h5py in which one thing was changed.
@Suite struct HDF5RulesTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("model.hdf5")
    }

    private func open(
        _ file: String, _ change: (inout HDF5Bytes) throws -> Void
    ) throws -> HDF5Checkpoint {
        var bytes = try HDF5Bytes(file)
        try change(&bytes)
        try folder.write(bytes.bytes, to: "model.hdf5")
        return try HDF5Checkpoint(path: path)
    }

    /// The error of opening `file` after `change`.
    private func fault(
        _ file: String, _ change: (inout HDF5Bytes) throws -> Void
    ) -> CheckpointError? {
        #expect(throws: CheckpointError.self) { try open(file, change) }
    }

    private func malformed(_ part: String, _ fault: String) -> CheckpointError {
        .malformed(path: path, part: part, fault: fault)
    }

    /// The layout message of model/wte:0 [3, 2], the only dataset of 24 bytes.
    private func wteLayout(_ bytes: HDF5Bytes) throws -> Int {
        try #require(
            bytes.places(of: [24, 0, 0, 0, 0, 0, 0, 0]).first { bytes.bytes[$0 - 10] == 3 })
            - 10
    }

    /// The dataspace message's dimensions of model/wte:0.
    private func wteShape(_ bytes: HDF5Bytes) throws -> Int {
        try #require(
            bytes.places(of: [3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]).first)
    }

    @Test func signatures() throws {
        let none = malformed("the file", "it does not begin as HDF5 files do")
        #expect(fault("hdf5-tiny-default.hdf5") { $0.bytes[1] ^= 1 } == none)
        #expect(fault("hdf5-tiny-default.hdf5") { $0.bytes = [] } == none)
        #expect(
            fault("hdf5-tiny-default.hdf5") { $0.bytes.removeSubrange(40...) }
                == malformed("the superblock", "it ends too early"))
    }

    @Test("a file cut anywhere is cut short")
    func truncated() throws {
        for file in ["hdf5-tiny-default.hdf5", "hdf5-tiny-latest.hdf5"] {
            let size = try HDF5Bytes(file).bytes.count
            for cut in [1, 2, 100, size - 200] {
                #expect(
                    fault(file) { $0.bytes.removeLast(cut) }
                        == .tooShort(
                            path: path, part: "what was written to it", end: size,
                            size: size - cut))
            }
        }
    }

    @Test func superblocks() throws {
        let old = "hdf5-tiny-default.hdf5"
        let new = "hdf5-tiny-latest.hdf5"
        #expect(
            fault(old) { $0.bytes[8] = 9 }
                == .unsupported(path: path, feature: "version 9 of the HDF5 superblock"))
        #expect(
            fault(old) { $0.bytes[13] = 4 }
                == .unsupported(path: path, feature: "HDF5 addresses of 4 and lengths of 8 bytes"))
        #expect(
            fault(old) { $0.bytes[24] = 8 }
                == malformed("the superblock", "its base address is not where it is"))
        #expect(
            fault(old) { $0.set(96, at: 48) }
                == .unsupported(path: path, feature: "an HDF5 file driver"))
        #expect(
            fault(new) {
                $0.bytes[11] = 1
                $0.seal(0..<48)
            }
                == malformed(
                    "the superblock", "the program that writes the file has not closed it"))
        #expect(
            fault(new) { $0.bytes[30] ^= 1 }
                == .wrongChecksum(path: path, part: "the superblock"))
        #expect(
            fault(old) { $0.set(1 << 63, at: 64) }
                == malformed("the root group", "it refers to nothing"))
    }

    @Test("each structure with a checksum is held to it")
    func checksums() throws {
        let file = "hdf5-deep-latest.hdf5"
        let structures = try HDF5Bytes(file).structures
        #expect(structures.count > 50)
        for structure in structures {
            for place in [structure.upperBound - 6, structure.upperBound - 1] {
                guard case .wrongChecksum = fault(file, { $0.bytes[place] ^= 4 }) else {
                    // A changed length moves the checksum, which is then hardly ever right.
                    Issue.record("no wrong checksum in \(structure)")
                    continue
                }
            }
        }
        let block = try #require(try HDF5Bytes(file).places(of: "FHDB").first)
        #expect(
            fault(file) { $0.bytes[block + 40] ^= 4 }
                == .wrongChecksum(path: path, part: "the header of model"))
    }

    @Test func shapes() throws {
        let file = "hdf5-tiny-default.hdf5"
        let name = "model/wte:0"
        #expect(
            fault(file) { $0.set(4, at: try wteShape($0)) }
                == .wrongLength(path: path, tensor: name, bytes: 24, expected: 32))
        #expect(
            fault(file) { $0.set(1 << 62, at: try wteShape($0)) }
                == malformed("tensor \(name)", "its shape is impossible"))
        #expect(
            fault(file) { $0.set(1 << 63, at: try wteShape($0)) }
                == malformed("the header of \(name)", "a length in it is impossible"))
        #expect(
            fault(file) { $0.bytes[try wteShape($0) - 7] = 33 }
                == malformed("the header of \(name)", "it has more than 32 dimensions"))
    }

    @Test func places() throws {
        let file = "hdf5-tiny-default.hdf5"
        let name = "model/wte:0"
        #expect(
            fault(file) { $0.set(1 << 63, at: try wteLayout($0) + 10) }
                == malformed("the header of \(name)", "a length in it is impossible"))
        let size = try HDF5Bytes(file).bytes.count
        #expect(
            fault(file) { $0.set(UInt64(size - 8), at: try wteLayout($0) + 2) }
                == .tooShort(path: path, part: "tensor \(name)", end: size + 16, size: size))
        #expect(
            fault(file) { $0.set(1 << 63, at: try wteLayout($0) + 2) }
                == malformed("tensor \(name)", "it refers to nothing"))
        #expect(
            fault(file) { bytes in
                let layout = try wteLayout(bytes)
                let others = bytes.places(of: [3, 1]).filter {
                    $0 + 18 <= size && bytes.integer(at: $0 + 10, 8) == 8
                }
                // Into the first dataset's bytes.
                bytes.set(
                    UInt64(bytes.integer(at: layout + 2, 8)) + 4,
                    at: try #require(others.first) + 2)
            } == .overlap(path: path, tensor: "model/h0/ln_1/g:0"))
    }

    @Test("the layout of before HDF5 1.6.3 is read")
    func oldLayout() throws {
        let file = "hdf5-tiny-default.hdf5"
        let checkpoint = try open(file) { bytes in
            let layout = try wteLayout(bytes)
            let address = UInt64(bytes.integer(at: layout + 2, 8))
            // Version 1, two dimensions, contiguous.
            bytes.set(1 | 2 << 8 | 1 << 16, at: layout)
            bytes.set(address, at: layout + 8)
            bytes.set(3 | 2 << 32, at: layout + 16)
        }
        #expect(
            try checkpoint.weights()
                == HDF5Checkpoint(path: WrittenTensors.path(file)).weights())
        #expect(
            fault(file) { $0.bytes[try wteLayout($0)] = 7 }
                == .unsupported(path: path, feature: "version 7 of HDF5 layouts"))
        #expect(
            fault(file) { $0.bytes[try wteLayout($0) + 1] = 7 }
                == malformed(
                    "the header of model/wte:0", "its layout is of an unknown kind"))
    }

    @Test("a tree that leads to itself ends")
    func loops() throws {
        let file = "hdf5-tiny-default.hdf5"
        #expect(
            fault(file) { bytes in
                let tree = try #require(bytes.places(of: "TREE").first)
                bytes.set(UInt64(tree), at: tree + 32)
            } == malformed("the root group", "it does not begin with SNOD"))
        #expect(
            fault(file) { bytes in
                let tree = try #require(bytes.places(of: "TREE").first)
                bytes.bytes[tree + 5] = 1
                bytes.set(UInt64(tree), at: tree + 32)
            } == malformed("the root group", "the levels of its tree are wrong"))
    }

    @Test("a header that continues in itself ends")
    func continuations() throws {
        // The first message of the first object becomes a continuation: to where it stands.
        #expect(
            fault("hdf5-tiny-default.hdf5") { bytes in
                let header = bytes.integer(at: 64, 8)
                bytes.set(0x10, at: header + 16, 2)
                bytes.set(UInt64(header + 16), at: header + 24)
                bytes.set(24, at: header + 32)
            } == malformed("the root group", "it overlaps other structures"))
    }

    @Test func headers() throws {
        let file = "hdf5-tiny-default.hdf5"
        let root = 96
        #expect(
            fault(file) { $0.bytes[root] = 7 }
                == .unsupported(path: path, feature: "version 7 of HDF5 object headers"))
        #expect(
            fault(file) { $0.set(UInt64(UInt32.max), at: root + 8, 4) }
                == .tooShort(
                    path: path, part: "the root group", end: root + 16 + Int(UInt32.max),
                    size: try HDF5Bytes(file).bytes.count))
        #expect(
            fault(file) { $0.bytes[root + 20] = 2 }
                == .unsupported(path: path, feature: "a shared HDF5 message in the root group"))
        #expect(
            fault(file) {
                $0.bytes[root + 16] = 0x70
                $0.bytes[root + 20] = 0x80
            } == .unsupported(path: path, feature: "HDF5 message 112 in the root group"))
        #expect(
            fault(file) { $0.bytes[root + 16] = 0x70 }
                == malformed("the root group", "it is neither a group nor a dataset"))
    }

    @Test func names() throws {
        let file = "hdf5-tiny-default.hdf5"
        for bytes in [UInt8(ascii: "/"), 0, 0xFF] {
            #expect(
                fault(file) { $0.bytes[try #require($0.places(of: "wte:0").first)] = bytes }
                    == malformed("the header of model", "a name in it is not a name"))
        }
        // Two children of one name.
        #expect(
            fault("hdf5-hard-link.hdf5") { bytes in
                let name = try #require(bytes.places(of: "again").first)
                bytes.bytes.replaceSubrange(name..<name + 5, with: Array("wte:0".utf8))
            } == .duplicateTensor(path: path, tensor: "model/wte:0"))
    }

    @Test("elements of an unusual float are refused")
    func floats() throws {
        // Version 1, class 1; three bytes of flags; four bytes of size.
        let float: [UInt8] = [0x11, 0x20, 31, 0, 4, 0, 0, 0]
        #expect(
            fault("hdf5-tiny-default.hdf5") { bytes in
                bytes.bytes[try #require(bytes.places(of: float).first) + 16] = 126
            }
                == .unsupported(
                    path: path,
                    feature:
                        "floating-point numbers of an unusual format (tensor model/wte:0)"))
    }
}
