import Foundation
import JSON
import TestSupport

@testable import Checkpoints

/// What `make_bundle_fixtures.py` put into its files.
enum WrittenTensors {
    static func path(_ file: String) -> String { fixture("checkpoints/" + file).path }

    /// The tensors a file should hold, sorted by name.
    static func infos(of file: String) throws -> [TensorInfo] {
        let text = try Data(contentsOf: fixture("checkpoints/expected.json"))
        let tensors = try JSONParser.parse(Array(text))[file]?.array ?? []
        return try tensors.map { tensor in
            guard let name = tensor["name"]?.string, let shape = tensor["shape"]?.array,
                let type = tensor["type"]?.string.flatMap(ElementType.init)
            else { throw CocoaError(.fileReadCorruptFile) }
            return TensorInfo(name: name, shape: shape.compactMap(\.integer), elementType: type)
        }.sorted { $0.name < $1.name }
    }

    /// Every element of the tensor called `name`, by the script's rule.
    static func values(_ name: String, count: Int, type: ElementType) -> [Float] {
        let plain = name.hasSuffix(":0") ? name.dropLast(2) : name[...]
        var seed: UInt64 = 14_695_981_039_346_656_037
        for byte in plain.utf8 { seed = (seed ^ UInt64(byte)) &* 1_099_511_628_211 }
        let bits =
            switch type {
            case .float16: 11
            case .bfloat16: 8
            default: 24
            }
        return (0..<count).map { index in
            var mixed = seed &+ UInt64(index) &* 11_400_714_819_323_198_485
            mixed ^= mixed >> 31
            mixed = mixed &* 13_787_848_793_156_543_929
            let signed = Int(mixed >> UInt64(64 - bits)) - (1 << (bits - 1))
            return Float(signed) / Float(1 << (bits - 4))
        }
    }
}

extension TensorSource {
    /// A tensor's elements.
    func elements(_ info: TensorInfo) throws -> [Float] {
        let count = info.elementCount ?? 0
        return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            buffer.initialize(repeating: .nan)
            try read(info.name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }

    /// Every tensor that can be weights.
    func weights() throws -> [String: [Float]] {
        try tensors.filter(\.elementType.isFloating).reduce(into: [:]) {
            $0[$1.name] = try elements($1)
        }
    }
}
