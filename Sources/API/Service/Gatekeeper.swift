import Configuration
import Crypto
import HTTP
import Synchronization

/// Decides who may call what, and how often, by the keys of the configuration.
final class Gatekeeper: Sendable {
    private let keys: Mutex<[APIKey]>
    private let rates: Mutex<RateLimits>

    /// - Parameters:
    ///   - keys: of the configuration.
    ///   - addressRate: requests a second of each address; nil for any number.
    init(_ keys: [APIKey], addressRate: Double? = nil) {
        self.keys = Mutex(keys)
        rates = Mutex(RateLimits(perAddress: addressRate))
    }

    /// Puts other keys in the place of all there are.
    func replace(_ keys: [APIKey]) {
        self.keys.withLock { $0 = keys }
        rates.withLock { $0.keep(keys) }
    }

    /// Counts a request, before anything else is done about it.
    ///
    /// - Throws: `APIError` 401 without a known key, 403 without the scope, 429 for who asks too often.
    func admit(_ head: HTTPRequestHead, for access: Route.Access) throws(APIError) {
        // What is there for everybody costs next to nothing, but for what Alexa sends; and that comes from
        // a few addresses, whoever speaks.
        guard case .scope = access else { return }
        // A proxy on this machine speaks for many clients.
        if !ServerConfiguration.isLoopback(head.remoteAddress) {
            let network = ClientNetwork.name(of: head.remoteAddress)
            let wait = rates.withLock { $0.admit(address: network, at: .now) }
            if let wait { throw .tooOften("this address", wait) }
        }
        guard let key = try caller(head, for: access) else { return }
        let wait = rates.withLock { $0.admit(key, at: .now) }
        if let wait { throw .tooOften("this key", wait) }
    }

    /// Counts what a reply took.
    func charge(_ key: APIKey, tokens: Int) {
        rates.withLock { $0.charge(key, tokens: tokens, at: .now) }
    }

    /// Whose request it is.
    ///
    /// Every key is compared, and each by its hash in constant time, so that how long an answer
    /// takes says nothing about how nearly a guess was right.
    /// - Returns: the key; nil where nobody needs one.
    /// - Throws: `APIError` 401 without a known key, 403 without the scope.
    func caller(_ head: HTTPRequestHead, for access: Route.Access) throws(APIError) -> APIKey? {
        guard case .scope(let scope) = access else { return nil }
        let keys = keys.withLock { $0 }
        guard !keys.isEmpty else {
            // Whom `insecure` lets in may ask, and not change what others are answered.
            guard scope != .admin || ServerConfiguration.isLoopback(head.remoteAddress) else {
                throw APIError(
                    403, "without api_keys, only this machine may do this", code: "missing_scope")
            }
            return nil
        }
        var match: APIKey?
        if let presented = Self.bearer(head), let hash = try? SHA256Digest(hashing: presented) {
            for key in keys where key.hash == hash { match = key }
        }
        guard let match else {
            throw APIError(
                401,
                "this server asks for a key; send the header \"Authorization: Bearer <key>\"",
                code: "invalid_api_key")
        }
        guard match.scopes.contains(scope) else {
            throw APIError(
                403, "this key has not the scope \"\(scope.rawValue)\"", code: "missing_scope")
        }
        return match
    }

    private static func bearer(_ head: HTTPRequestHead) -> String? {
        let values = head.headers.all("Authorization")
        guard values.count == 1 else { return nil }
        let parts = values[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }
}

extension APIError {
    fileprivate static func tooOften(_ who: String, _ wait: Duration) -> APIError {
        let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
        return APIError(
            429, "\(who) has asked for more than it may; try again in \(seconds) s",
            code: "rate_limited", retryAfter: seconds)
    }
}

extension APIKey {
    /// Whether the key opens a model.
    func opens(_ model: String) -> Bool { models?.contains(model) ?? true }
}
