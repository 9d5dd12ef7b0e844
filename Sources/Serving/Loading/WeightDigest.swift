import Crypto
import GPT2
import Synchronization

/// SHA-256 over every tensor's name, shape and SHA-256, in the order of the model's table, whatever
/// container the tensors came in and in whatever order.
final class WeightDigest: Sendable {
    private let entries: [ParameterTable.Entry]
    private let digests: Mutex<[SHA256Digest?]>

    init(_ table: ParameterTable) {
        entries = table.entries
        digests = Mutex(Array(repeating: nil, count: table.entries.count))
    }

    /// Takes in one tensor. May be called on several threads at once.
    ///
    /// - Parameters:
    ///   - index: which of the table.
    ///   - floats: the tensor in f32.
    /// - Throws: `CryptoError`.
    func add(_ index: Int, _ floats: UnsafeMutableBufferPointer<Float>) throws(CryptoError) {
        let hasher = try SHA256Hasher()
        try hasher.update(UnsafeRawBufferPointer(floats))
        let digest = try hasher.finalize()
        digests.withLock { $0[index] = digest }
    }

    /// The digest, once every tensor has been taken in.
    ///
    /// - Throws: `CryptoError`.
    func finalize() throws(CryptoError) -> SHA256Digest {
        let hasher = try SHA256Hasher()
        for (entry, digest) in zip(entries, digests.withLock { $0 }) {
            guard let digest else { preconditionFailure("\(entry.parameter) was not taken in") }
            try hasher.update(Array("\(entry.parameter.name) \(entry.shape) ".utf8))
            try hasher.update(digest.bytes)
        }
        return try hasher.finalize()
    }
}

extension SHA256Digest {
    /// What weights of this digest are called: its first 12 hex digits.
    var versionName: String { String(hexadecimal.prefix(12)) }
}
