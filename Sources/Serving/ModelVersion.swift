import Crypto
import Foundation
import GPT2
import Synchronization
import Tokenizer

/// One loaded checkpoint: everything a reply comes from. Immutable; whoever holds it may finish
/// with it, whatever is swapped in meanwhile.
public final class ModelVersion: Sendable {
    /// Tells this loaded copy from every other in the process.
    public let number: Scheduler.ModelID
    /// The first 12 hex digits of the weights' SHA-256: the same weights have the same name,
    /// whatever container they came in.
    public let name: String
    public let model: Model
    public let tokenizer: BytePairTokenizer
    /// The checkpoint it was read from.
    public let path: String
    public let loadedAt: Date

    private static let lastNumber = Atomic<UInt64>(0)

    public init(model: Model, tokenizer: BytePairTokenizer, path: String) throws {
        number = Self.lastNumber.add(1, ordering: .relaxed).newValue
        name = String(try model.weights.digest().hexadecimal.prefix(12))
        self.model = model
        self.tokenizer = tokenizer
        self.path = path
        loadedAt = Date()
    }

    public var contextLength: Int { model.hyperparameters.contextLength }
    /// What the weights take in memory.
    public var byteCount: Int { model.weights.byteCount }
}

extension Weights {
    /// SHA-256 over every tensor's name, shape and SHA-256, in the table's order. Tensors are
    /// hashed side by side.
    func digest() throws -> SHA256Digest {
        let entries = table.entries
        let digests = Mutex<[Int: Result<SHA256Digest, CryptoError>]>([:])
        DispatchQueue.concurrentPerform(iterations: entries.count) { index in
            let result = Result<SHA256Digest, CryptoError> { () throws(CryptoError) in
                let hasher = try SHA256Hasher()
                try hasher.update(UnsafeRawBufferPointer(floats(of: entries[index])))
                return try hasher.finalize()
            }
            digests.withLock { $0[index] = result }
        }
        let hasher = try SHA256Hasher()
        for (index, entry) in entries.enumerated() {
            try hasher.update(Array("\(entry.parameter.name) \(entry.shape) ".utf8))
            if let digest = try digests.withLock({ $0[index] })?.get() {
                try hasher.update(digest.bytes)
            }
        }
        return try hasher.finalize()
    }
}
