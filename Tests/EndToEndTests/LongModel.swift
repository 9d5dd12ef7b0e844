import Foundation
import JSON
import TestSupport

/// The committed model `red` with a window in which a reply takes as long as anybody likes: the
/// embeddings of its 128 positions are repeated.
struct LongModel {
    static let window = 32_768

    private struct Unreadable: Error {}

    /// Writes one into a folder.
    ///
    /// - Parameters:
    ///   - name: what to call it.
    ///   - folder: gets it.
    /// - Returns: its path.
    /// - Throws: where files cannot be read or written.
    static func write(_ name: String, to folder: TemporaryFolder) throws -> String {
        let red = fixture("models/red")
        for file in ["vocab.json", "merges.txt"] {
            try folder.write(
                Data(contentsOf: red.appendingPathComponent(file)), to: "\(name)/\(file)")
        }
        let configuration = try String(
            contentsOf: red.appendingPathComponent("config.json"), encoding: .utf8)
        try folder.write(
            configuration.replacingOccurrences(
                of: #""n_positions": 128"#, with: #""n_positions": \#(window)"#),
            to: "\(name)/config.json")
        let weights = [UInt8](
            try Data(contentsOf: red.appendingPathComponent("model.safetensors")))
        try folder.write(try lengthened(weights), to: "\(name)/model.safetensors")
        return folder.path(name)
    }

    /// A safetensors file: the size of its header, the header, and the tensors, one after the other.
    private static func lengthened(_ file: [UInt8]) throws -> [UInt8] {
        let size = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let data = file.dropFirst(8 + size)
        guard let entries = try JSONParser.parse(Array(file[8..<8 + size])).object else {
            throw Unreadable()
        }
        var members: [JSONMember] = []
        var tensors: [UInt8] = []
        for entry in entries where entry.key != "__metadata__" {
            guard let shape = entry.value["shape"]?.array, let type = entry.value["dtype"],
                let from = entry.value["data_offsets"]?.array?.first?.integer,
                let to = entry.value["data_offsets"]?.array?.last?.integer
            else { throw Unreadable() }
            let start = tensors.count
            let bytes = data[data.startIndex + from..<data.startIndex + to]
            let isPositions = entry.key.hasSuffix("wpe.weight")
            for _ in 0..<(isPositions ? window / 128 : 1) { tensors += bytes }
            let dimensions =
                isPositions ? [.integer(window)] + shape.dropFirst() : shape
            members.append(
                JSONMember(
                    entry.key,
                    [
                        "dtype": type, "shape": .array(dimensions),
                        "data_offsets": [.integer(start), .integer(tensors.count)],
                    ]))
        }
        var header = JSONValue.object(members).serializedBytes
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        let length = (0..<8).map { UInt8(header.count >> (8 * $0) & 0xFF) }
        return length + header + tensors
    }
}
