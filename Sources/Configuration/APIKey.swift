import Crypto

/// Someone who may call. The key itself is forgotten as soon as it is hashed.
public struct APIKey: Sendable, Equatable {
    public enum Scope: String, Sendable, CaseIterable {
        /// Asking models.
        case infer
        /// Changing what is served.
        case admin
    }

    /// What logs and sessions call the key.
    public let id: String
    /// SHA-256 of the key's UTF-8.
    public let hash: SHA256Digest
    public let scopes: Set<Scope>
    /// The models it may use; nil for every one.
    public let models: Set<String>?
    public let requestsPerSecond: Double?
    public let tokensPerMinute: Int?
}
