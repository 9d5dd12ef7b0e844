import Crypto
import Dispatch
import Foundation
import Synchronization

/// Amazon's certificates, fetched when a request first names them and kept while they hold.
///
/// Everything in it is bounded, since anybody can name addresses: what is kept, what is being fetched,
/// and who waits for it.
final class AlexaCertificateShelf: Sendable {
    typealias Outcome = Result<CertificateChain, APIError>
    typealias Completion = @Sendable (Outcome) -> Void

    /// What is known of an address.
    private struct Known {
        let outcome: Outcome
        /// For how long it is believed.
        let holds: ClosedRange<Date>
        var lastUse: Date

        var isChain: Bool { if case .success = outcome { true } else { false } }
    }

    private struct State {
        var known: [AlexaCertificateAddress: Known] = [:]
        var underWay: [AlexaCertificateAddress: [Completion]] = [:]
    }

    private enum Step {
        case answer(Outcome)
        case fetch
        case wait
    }

    /// Whose certificates sign requests.
    static let host = "echo-api.amazon.com"
    static let mostBytes = 64 << 10
    static let mostChains = 8
    static let mostFailures = 32
    static let mostFetches = 4
    static let mostWaiting = 64
    /// However long a certificate is valid, it is looked at anew once a day.
    static let chainSeconds: TimeInterval = 86_400
    static let failureSeconds: TimeInterval = 10

    private let surroundings: AlexaSurroundings
    private let report: @Sendable (String) -> Void
    private let state = Mutex(State())
    /// Fetching blocks, so it has threads of its own: `mostFetches` at most.
    private let queue = DispatchQueue(label: "dixie.alexa.certificates", attributes: .concurrent)

    /// - Parameters:
    ///   - surroundings: where certificates come from, and whom to believe.
    ///   - report: told why a certificate could not be fetched, for the owner.
    init(
        _ surroundings: AlexaSurroundings, report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.surroundings = surroundings
        self.report = report
    }

    /// Looks up the certificates at an address, and has them fetched if nobody does yet.
    ///
    /// - Parameters:
    ///   - address: where they are.
    ///   - completion: called once, at once or from the queue of fetches, with a chain that leads from
    ///     Alexa's certificate to a trusted root, or `APIError` 400.
    func chain(at address: AlexaCertificateAddress, _ completion: @escaping Completion) {
        switch state.withLock({ next(&$0, address, completion) }) {
        case .answer(let outcome): completion(outcome)
        case .wait: break
        case .fetch:
            queue.async { [self] in
                let known = learn(of: address)
                let waiting = state.withLock { state -> [Completion] in
                    keep(known, at: address, in: &state)
                    return state.underWay.removeValue(forKey: address) ?? []
                }
                for completion in waiting { completion(known.outcome) }
            }
        }
    }

    private func next(
        _ state: inout State, _ address: AlexaCertificateAddress,
        _ completion: @escaping Completion
    ) -> Step {
        let now = surroundings.now()
        if let known = state.known[address], known.holds.contains(now) {
            state.known[address]?.lastUse = now
            return .answer(known.outcome)
        }
        let busy = Outcome.failure(
            .notAlexa("too many certificates are being fetched; try again in a moment"))
        if let waiting = state.underWay[address] {
            guard waiting.count < Self.mostWaiting else { return .answer(busy) }
            state.underWay[address]?.append(completion)
            return .wait
        }
        guard state.underWay.count < Self.mostFetches else { return .answer(busy) }
        state.underWay[address] = [completion]
        return .fetch
    }

    /// Fetches and checks; blocks.
    private func learn(of address: AlexaCertificateAddress) -> Known {
        do {
            let bytes = try surroundings.fetch(address, Self.mostBytes)
            guard bytes.count <= Self.mostBytes else { throw CertificateError.unreadable }
            let chain = try CertificateChain(pem: bytes)
            let now = surroundings.now()
            let seconds = try chain.verify(
                host: Self.host, roots: try surroundings.roots(),
                at: Int(now.timeIntervalSince1970))
            let end = min(
                now + Self.chainSeconds, Date(timeIntervalSince1970: Double(seconds.upperBound)))
            let beginning = Date(timeIntervalSince1970: Double(seconds.lowerBound))
            // The dates hold now, and now is at most a second after its whole seconds.
            return Known(
                outcome: .success(chain), holds: min(beginning, now)...max(end, now), lastUse: now)
        } catch let error as CertificateError {
            return failure("the certificate of the signature is refused: \(error)")
        } catch {
            report("\(error)")
            return failure("the certificate of the signature could not be fetched")
        }
    }

    private func failure(_ message: String) -> Known {
        let now = surroundings.now()
        return Known(
            outcome: .failure(.notAlexa(message)), holds: now...(now + Self.failureSeconds),
            lastUse: now)
    }

    /// The least recently used of its kind makes room: failures never put out a chain.
    private func keep(
        _ known: Known, at address: AlexaCertificateAddress, in state: inout State
    ) {
        state.known[address] = known
        let alike = state.known.filter { $0.value.isChain == known.isChain }
        guard alike.count > (known.isChain ? Self.mostChains : Self.mostFailures),
            let oldest = alike.filter({ $0.key != address }).min(by: {
                $0.value.lastUse < $1.value.lastUse
            })
        else { return }
        state.known[oldest.key] = nil
    }
}
