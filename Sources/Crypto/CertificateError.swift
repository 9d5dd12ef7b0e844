/// Why a chain of certificates is not believed. Nothing of the certificates is in it.
public enum CertificateError: Error, Equatable, Sendable {
    /// There is no certificate in it, or a damaged one.
    case unreadable
    case tooMany(limit: Int)
    /// OpenSSL finds no good way to a root, for the reason it gives.
    case untrusted(reason: String)
    /// The first is an authority's, which signs certificates and nothing else.
    case authority
    /// The first has no RSA key that may sign.
    case notForSigning
}

extension CertificateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable: "there is no readable certificate in it"
        case .tooMany(let limit): "it has more than \(limit) certificates"
        case .untrusted(let reason): "it is not to be trusted: \(reason)"
        case .authority: "it is an authority's own certificate"
        case .notForSigning: "its key is no RSA key that may sign"
        }
    }
}
