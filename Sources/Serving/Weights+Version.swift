import Crypto
import Foundation
import GPT2
import Synchronization

extension Weights {
    /// The first 12 hex digits of what `digest` gives.
    ///
    /// - Throws: `CryptoError`.
    public func versionName() throws -> String { String(try digest().hexadecimal.prefix(12)) }

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
