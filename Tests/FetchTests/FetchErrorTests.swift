import Foundation
import Testing

@testable import Fetch

@Suite struct FetchErrorTests {
    /// One of each case: a new one without a sentence does not compile, one without a remedy or a
    /// place shows here.
    @Test func everySentenceNamesThePlaceAndEnds() throws {
        let url = try #require(URL(string: "https://host/file"))
        let errors: [FetchError] = [
            .notFound(url), .forbidden(url, status: 403), .unexpectedStatus(url, status: 418),
            .unsafeRedirect(from: url, to: "http://other/"), .tooManyRedirects(url),
            .pageInsteadOfFile(url, kind: "XML"), .encoded(url, encoding: "br"),
            .network(url, .truncated(received: 1, expected: 2), attempts: 5),
            .wrongSize(url, expected: 1, actual: 2), .wrongDigest(url, expected: "a", actual: "b"),
        ]
        for error in errors {
            #expect(error.description.contains("https://host/file"))
            #expect(error.description.hasSuffix("."))
            #expect(error.localizedDescription == error.description)
        }
    }

    @Test func lostConnectionTellsHowOftenItWasTried() throws {
        let url = try #require(URL(string: "https://host/file"))
        let once = FetchError.network(url, .truncated(received: 7, expected: 10), attempts: 1)
        #expect(
            once.description
                == "https://host/file could not be fetched whole in 1 attempt: only 7 of 10 bytes "
                + "came; ask again to go on from there.")
    }
}
