/// A group's child: its name and where its header is.
struct HDF5Link {
    /// Names are short, and a tree of groups makes paths of them.
    static let nameLimit = 1024
    static let tooLong = "a name is longer than \(nameLimit) bytes"

    let name: String
    let target: HDF5Address

    /// A link message of the newer sort of group.
    init(_ message: ByteCursor, group: String) throws {
        var message = message
        _ = try message.expectVersion(1...1, of: "HDF5 links")
        let flags = try message.byte()
        let kind = flags & 0x08 != 0 ? try message.byte() : 0
        // When it was made, then its name's encoding: ASCII or UTF-8, both of which are UTF-8.
        if flags & 0x04 != 0 { try message.skip(8) }
        if flags & 0x10 != 0 { try message.skip(1) }
        let count = try message.integer(1 << Int(flags & 3))
        guard count <= Self.nameLimit else { throw message.fault(Self.tooLong) }
        name = try Self.name(try message.take(Int(count)), message)
        guard kind == 0 else {
            let feature =
                switch kind {
                case 1: "a soft link"
                case 64: "an external link"
                default: "a link of kind \(kind)"
                }
            throw CheckpointError.unsupported(
                path: message.path, feature: "\(feature) (\(joined(group, name)))")
        }
        target = try message.definedAddress()
    }

    init(name: String, target: HDF5Address) {
        self.name = name
        self.target = target
    }

    /// A child's name, which becomes a part of its tensor's.
    static func name(_ bytes: ArraySlice<UInt8>, _ structure: ByteCursor) throws -> String {
        guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty,
            !bytes.contains(UInt8(ascii: "/")), !bytes.contains(0)
        else { throw structure.fault("a name in it is not a name") }
        return name
    }
}

/// A child's full name: `group/name`, the root group's children without a slash before them.
func joined(_ group: String, _ name: String) -> String {
    group.isEmpty ? name : group + "/" + name
}
