import Crypto
import Foundation

/// What answering a skill needs of the world: Amazon's certificates, whom to believe, and the time.
struct AlexaSurroundings: Sendable {
    /// The bytes at an address, at most so many. May block.
    var fetch: @Sendable (AlexaCertificateAddress, _ byteCount: Int) throws -> [UInt8]
    var roots: @Sendable () throws -> TrustedRoots
    var now: @Sendable () -> Date = { Date() }
    /// How long a reply may take from the request's arrival on, out of the 8 s that Alexa waits; see
    /// `AlexaSkill.grace`.
    var patience = Duration.milliseconds(6500)

    static let real = AlexaSurroundings(
        fetch: { address, byteCount in
            try SmallFile.fetch(
                host: AlexaCertificateAddress.host, path: address.path,
                roots: try TrustedRoots.system(), atMost: byteCount, within: 3)
        },
        roots: { try TrustedRoots.system() })
}
