import Foundation
import JSON
import TestSupport

/// A model that takes a while to load, and whose file takes no room: 151 million weights, all of them 0.
struct HeavyModel {
    private static let layers = 12
    private static let width = 1024
    private static let window = 128
    private static let vocabulary = 1000

    /// Writes one into a folder.
    ///
    /// - Parameters:
    ///   - name: what to call it.
    ///   - folder: gets it.
    /// - Returns: its path.
    /// - Throws: where files cannot be read or written.
    static func write(_ name: String, to folder: TemporaryFolder) throws -> String {
        for file in ["vocab.json", "merges.txt"] {
            try folder.write(
                Data(contentsOf: fixture("models/red").appendingPathComponent(file)),
                to: "\(name)/\(file)")
        }
        try folder.write(
            """
            {"model_type": "gpt2", "activation_function": "gelu_new", "vocab_size": \(vocabulary),
             "n_positions": \(window), "n_embd": \(width), "n_head": 16, "n_layer": \(layers)}
            """, to: "\(name)/config.json")
        let (header, size) = header()
        let file = "\(name)/model.safetensors"
        try folder.write(Data(header), to: file)
        // What was never written reads as 0 and lies on no disk.
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path(file)))
        try handle.truncate(atOffset: UInt64(header.count + size))
        try handle.close()
        return folder.path(name)
    }

    private static var shapes: [(name: String, shape: [Int])] {
        let blocks = (0..<layers).flatMap { layer in
            [
                ("attn.c_attn.bias", [3 * width]), ("attn.c_attn.weight", [width, 3 * width]),
                ("attn.c_proj.bias", [width]), ("attn.c_proj.weight", [width, width]),
                ("ln_1.bias", [width]), ("ln_1.weight", [width]),
                ("ln_2.bias", [width]), ("ln_2.weight", [width]),
                ("mlp.c_fc.bias", [4 * width]), ("mlp.c_fc.weight", [width, 4 * width]),
                ("mlp.c_proj.bias", [width]), ("mlp.c_proj.weight", [4 * width, width]),
            ].map { ("h.\(layer).\($0.0)", $0.1) }
        }
        return blocks + [
            ("ln_f.bias", [width]), ("ln_f.weight", [width]), ("wpe.weight", [window, width]),
            ("wte.weight", [vocabulary, width]),
        ]
    }

    /// The size of the header and the header itself, and how many bytes of tensors come behind.
    private static func header() -> (bytes: [UInt8], size: Int) {
        var start = 0
        let members = shapes.map { name, shape -> JSONMember in
            let end = start + 4 * shape.reduce(1, *)
            defer { start = end }
            return JSONMember(
                name,
                [
                    "dtype": "F32", "shape": .array(shape.map { .integer($0) }),
                    "data_offsets": [.integer(start), .integer(end)],
                ])
        }
        let text = JSONValue.object(members).serializedBytes
        return ((0..<8).map { UInt8(text.count >> (8 * $0) & 0xFF) } + text, start)
    }
}
