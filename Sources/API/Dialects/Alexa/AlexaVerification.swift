import Crypto
import Foundation
import HTTP
import Logging

/// Whether a request comes from Alexa, is fresh, and is for the owner's skill.
///
/// What costs nothing is looked at first, so that nobody makes this server fetch certificates without
/// knowing the skill.
final class AlexaVerification: Sendable {
    private let shelf: AlexaCertificateShelf
    private let now: @Sendable () -> Date

    /// How far a request's time may be from ours, either way.
    static let tolerance: TimeInterval = 150

    init(_ surroundings: AlexaSurroundings, logger: Logger) {
        shelf = AlexaCertificateShelf(surroundings) { reason in
            logger.warning(
                "Alexa's certificate could not be fetched", metadata: ["reason": "\(reason)"])
        }
        now = surroundings.now
    }

    /// Calls `completion` with the reason why not, or nil: at once if the certificates are there, else
    /// from the queue where they are fetched.
    ///
    /// - Parameters:
    ///   - request: as it came in: the signature is of its very bytes.
    ///   - content: what is in it.
    ///   - skillIDs: whom the owner answers.
    ///   - completion: called once.
    /// - Throws: `APIError` 400 for what needs no certificate to be refused.
    func check(
        _ request: HTTPRequest, _ content: AlexaRequest, skillIDs: [String],
        _ completion: @escaping @Sendable (APIError?) -> Void
    ) throws(APIError) {
        let headers = request.head.headers
        guard let signature = Data(base64Encoded: try Self.only("Signature-256", headers)),
            !signature.isEmpty
        else { throw .notAlexa("the header Signature-256 is not a signature in base64") }
        guard
            let address = AlexaCertificateAddress(
                try Self.only("SignatureCertChainUrl", headers))
        else {
            throw .notAlexa(
                "the header SignatureCertChainUrl is not where Amazon keeps its certificates")
        }
        guard abs(content.timestamp.timeIntervalSince(now())) <= Self.tolerance else {
            throw .notAlexa(
                "request.timestamp is more than \(Int(Self.tolerance)) s from this server's clock")
        }
        guard !content.skillIDs.isEmpty, content.skillIDs.allSatisfy({ skillIDs.contains($0) })
        else {
            throw .notAlexa("the request is for another skill than this server's")
        }
        let body = request.body
        shelf.chain(at: address) { result in
            switch result {
            case .failure(let error): completion(error)
            case .success(let chain):
                completion(
                    chain.isSignature(Array(signature), of: body)
                        ? nil
                        : .notAlexa("the signature is not that of this body by its certificate")
                )
            }
        }
    }

    /// The value of a header field that must be there once.
    private static func only(_ name: String, _ headers: HTTPHeaders) throws(APIError) -> String {
        let values = headers.all(name)
        guard let value = values.first, values.count == 1 else {
            throw .notAlexa(
                values.isEmpty
                    ? "the header \(name) is missing"
                    : "the header \(name) stands there \(values.count) times; once is right")
        }
        return value
    }
}
