import Configuration

/// How fast each key and each address may ask, and what they have asked for.
///
/// It has no clock: each call says when it is.
struct RateLimits {
    typealias Instant = ContinuousClock.Instant

    /// Requests a second of each address; nil for any number.
    private let perAddress: Double?
    private var addresses: [String: RateBucket] = [:]
    private var requests: [String: RateBucket] = [:]
    private var tokens: [String: RateBucket] = [:]

    /// How many addresses are remembered.
    var addressCount: Int { addresses.count }

    /// - Parameter perAddress: requests a second; nil for any number.
    init(perAddress: Double?) { self.perAddress = perAddress }

    /// Counts a request of an address.
    ///
    /// - Returns: how long it is to wait first; nil where it may come now.
    mutating func admit(address: String, at now: Instant) -> Duration? {
        guard let perAddress else { return nil }
        if addresses.count >= Self.mostAddresses, addresses[address] == nil { forget(at: now) }
        return addresses[
            address, default: RateBucket(rate: perAddress, at: now)
        ].take(1, at: now)
    }

    /// Counts a request of a key.
    ///
    /// - Returns: how long it is to wait first; nil where it may come now.
    mutating func admit(_ key: APIKey, at now: Instant) -> Duration? {
        // Tokens first, as they take nothing: who is refused has not asked.
        if let wait = tokenBucket(of: key, at: now)?.wait(at: now) { return wait }
        guard let rate = key.requestsPerSecond else { return nil }
        return requests[key.id, default: RateBucket(rate: rate, at: now)].take(1, at: now)
    }

    /// Counts the tokens of a reply, its prompt's among them.
    mutating func charge(_ key: APIKey, tokens count: Int, at now: Instant) {
        guard var bucket = tokenBucket(of: key, at: now) else { return }
        bucket.charge(Double(count), at: now)
        tokens[key.id] = bucket
    }

    /// Begins anew with the keys of a new configuration, but for those with the same rates.
    mutating func keep(_ keys: [APIKey]) {
        let byID = Dictionary(uniqueKeysWithValues: keys.map { ($0.id, $0) })
        requests = requests.filter { byID[$0]?.requestsPerSecond == $1.perSecond }
        tokens = tokens.filter { byID[$0]?.tokensPerMinute.map(Double.init) == $1.measure }
    }

    private func tokenBucket(of key: APIKey, at now: Instant) -> RateBucket? {
        guard let limit = key.tokensPerMinute else { return nil }
        // A reply that ends after a reload is counted by the rate it began with.
        if let bucket = tokens[key.id], bucket.measure == Double(limit) { return bucket }
        return RateBucket(perSecond: Double(limit) / 60, measure: Double(limit), at: now)
    }

    /// So many are remembered at a time.
    private static let mostAddresses = 10_000

    /// Addresses that have nothing to wait for are as new ones. Where all have, those who have asked most
    /// lately cannot be told from the rest in time: all begin anew.
    private mutating func forget(at now: Instant) {
        addresses = addresses.filter { !$1.isFull(at: now) }
        if addresses.count >= Self.mostAddresses { addresses = [:] }
    }
}

extension RateBucket {
    /// So many a second, of which a second's worth, or one, may come at once.
    fileprivate init(rate: Double, at now: Instant) {
        self.init(perSecond: rate, measure: max(1, rate), at: now)
    }
}
