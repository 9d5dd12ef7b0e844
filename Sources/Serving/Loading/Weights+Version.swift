import Checkpoints
import Crypto
import GPT2

extension Weights {
    /// The first 12 hex digits of their digest; see `WeightDigest`.
    ///
    /// - Throws: `CryptoError`.
    public func versionName() throws -> String {
        let digest = WeightDigest(table)
        try ParallelRead.forEach(table.entries.count) { index in
            try digest.add(index, floats(of: table.entries[index]))
        }
        return try digest.finalize().versionName
    }
}
