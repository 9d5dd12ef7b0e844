import Foundation
import HTTP
import JSON
import TestSupport
import Testing

@testable import API

/// Who is not Alexa, or not now, or not for this skill: every one is told so with 400 and one sentence, and
/// nothing is generated for it.
struct AlexaVerificationTests {
    /// One request, of which a test makes a wrong one.
    private struct Attempt {
        var request = AlexaWorld.Request()
        var body: [UInt8]?
        var headers: String?
        var address = AlexaWorld.place
        /// What is kept where the request says; nil leaves the good ones.
        var certificates: [UInt8]?
    }

    /// Which nothing here makes the server load.
    private static let model = LiveServer.model("red", #", "preload": false"#)

    private let world: AlexaWorld

    init() throws { world = try AlexaWorld() }

    /// - Returns: what was answered to the attempt.
    private func answer(_ attempt: Attempt) async throws -> ReceivedResponse {
        let server = try world.server(models: Self.model)
        if let certificates = attempt.certificates { world.put(certificates) }
        let signed = Array(attempt.request.body.utf8)
        let headers = try attempt.headers ?? world.headers(for: signed, at: attempt.address)
        return try await server.post("/alexa", attempt.body ?? signed, headers: headers)
    }

    private func refuse(
        _ name: String, saying words: String, _ attempt: Attempt, fetches: Bool = false
    ) async throws {
        let before = world.fetched.count
        let response = try await answer(attempt)
        #expect(response.status == 400, "\(name): \(response.text)")
        #expect(response.code == "not_from_alexa", "\(name)")
        #expect(response.message.contains(words), "\(name): \(response.message)")
        #expect(!response.message.contains("SOMEBODY") && response.message.utf8.count < 200)
        #expect((world.fetched.count > before) == fetches, "\(name)")
    }

    private func header(_ name: String, _ value: String) -> String { "\(name): \(value)¶" }

    @Test func aGoodOneIsAnswered() async throws {
        let response = try await answer(Attempt())
        #expect(response.status == 200, "\(response.text)")
        #expect(response.headers["content-type"] == "application/json;charset=UTF-8")
        #expect(world.fetched == [AlexaWorld.place])
    }

    @Test func signaturesThatAreNone() async throws {
        let body = Array(AlexaWorld.Request().body.utf8)
        let place = header("SignatureCertChainUrl", AlexaWorld.place)
        let good = Data(try world.signer.sign(body)).base64EncodedString()
        func signed(_ value: String) -> String { place + header("Signature-256", value) }
        for (name, words, headers) in [
            ("missing", "Signature-256 is missing", place),
            ("empty", "not a signature", signed("")),
            ("only the old one, of SHA-1", "is missing", place + header("Signature", good)),
            ("twice", "2 times", signed(good) + header("Signature-256", good)),
            (
                "two, of which one is right", "2 times",
                signed("AAAA") + header("signature-256", good)
            ),
            ("not base64", "not a signature", signed("not base64 at all!")),
            ("base64 and more", "not a signature", signed(good + " trailing")),
            ("base64url", "not a signature", signed("_-_-")),
        ] {
            try await refuse(name, saying: words, Attempt(headers: headers))
        }
    }

    @Test func signaturesOfSomethingElse() async throws {
        let body = Array(AlexaWorld.Request().body.utf8)
        let place = header("SignatureCertChainUrl", AlexaWorld.place)
        func signed(_ bytes: [UInt8]) -> String {
            place + header("Signature-256", Data(bytes).base64EncodedString())
        }
        let good = try world.signer.sign(body)
        for (name, headers) in [
            ("SHA-1", signed(try world.signer.sign(body, .sha1))),
            ("PSS", signed(try world.signer.sign(body, .sha256, .pss))),
            ("other bytes", signed(try world.signer.sign(Array("other".utf8)))),
            ("cut off", signed(Array(good.dropLast()))), ("longer", signed(good + [0])),
            ("nothing but zeros", signed([UInt8](repeating: 0, count: 256))),
            ("another key", signed(try TestSigner(fixture("alexa/weak.key").path).sign(body))),
        ] {
            try await refuse(
                name, saying: "not that of this body", Attempt(headers: headers), fetches: true)
        }
    }

    @Test func bodiesThatWereChanged() async throws {
        let signed = AlexaWorld.Request().body
        let again = try JSONParser.parse(signed)
        for (name, body) in [
            ("written anew", again.serialized), ("with a space more", signed + " "),
            ("with another skill's user", signed.replacing("SOMEBODY", with: "SOMEBODX")),
            ("with another type", signed.replacing("LaunchRequest", with: "SessionEndedRequest")),
        ] {
            try await refuse(
                name, saying: "not that of this body",
                Attempt(
                    body: Array(body.utf8), headers: try world.headers(for: Array(signed.utf8))),
                fetches: true)
        }
    }

    @Test(arguments: [
        ("http", "http://s3.amazonaws.com/echo.api/echo-api-cert.pem"),
        ("no scheme", "s3.amazonaws.com/echo.api/echo-api-cert.pem"),
        ("another host", "https://notamazon.com/echo.api/echo-api-cert.pem"),
        ("a host that ends like it", "https://evils3.amazonaws.com/echo.api/cert.pem"),
        ("a host that begins like it", "https://s3.amazonaws.com.evil.test/echo.api/cert.pem"),
        ("a host with a dot more", "https://s3.amazonaws.com./echo.api/cert.pem"),
        ("a user before another host", "https://s3.amazonaws.com@evil.test/echo.api/cert.pem"),
        ("a user before the host", "https://user@s3.amazonaws.com/echo.api/cert.pem"),
        ("a port that is another", "https://s3.amazonaws.com:563/echo.api/echo-api-cert.pem"),
        ("a port that begins like it", "https://s3.amazonaws.com:4430/echo.api/cert.pem"),
        ("a port without a number", "https://s3.amazonaws.com:/echo.api/cert.pem"),
        ("another path", "https://s3.amazonaws.com/invalid.path/echo-api-cert.pem"),
        ("the path in other letters", "https://s3.amazonaws.com/EcHo.aPi/echo-api-cert.pem"),
        ("a path that begins like it", "https://s3.amazonaws.com/echo.api.evil/cert.pem"),
        ("no path", "https://s3.amazonaws.com"),
        ("the folder", "https://s3.amazonaws.com/echo.api/"),
        ("a way out", "https://s3.amazonaws.com/echo.api/../evil/cert.pem"),
        ("a way further out", "https://s3.amazonaws.com/../echo.api/cert.pem"),
        ("an escaped way out", "https://s3.amazonaws.com/echo.api/%2e%2e/evil/cert.pem"),
        ("a backslash", #"https://s3.amazonaws.com\@evil.test/echo.api/cert.pem"#),
        ("a query", "https://s3.amazonaws.com/echo.api/cert.pem?x=/echo.api/"),
        ("a fragment", "https://s3.amazonaws.com/echo.api/cert.pem#"),
        ("a file", "file://s3.amazonaws.com/echo.api/cert.pem"),
        ("two slashes", "https://s3.amazonaws.com//echo.api/cert.pem"),
    ])
    func addressesThatAreNotAmazons(name: String, address: String) async throws {
        try await refuse(
            name, saying: "not where Amazon keeps", Attempt(address: address))
    }

    @Test func addressesThatAreMissingOrTwo() async throws {
        let signature = header("Signature-256", "AAAA")
        let place = header("SignatureCertChainUrl", AlexaWorld.place)
        try await refuse("missing", saying: "is missing", Attempt(headers: signature))
        try await refuse("twice", saying: "2 times", Attempt(headers: signature + place + place))
    }

    @Test(arguments: [
        "https://s3.amazonaws.com:443/echo.api/echo-api-cert.pem",
        "HTTPS://S3.AmazonAWS.com/echo.api/echo-api-cert.pem",
        "https://s3.amazonaws.com/echo.api/../echo.api/./echo-api-cert.pem",
    ])
    func addressesThatAreTheSame(address: String) async throws {
        #expect(try await answer(Attempt(address: address)).status == 200)
        #expect(world.fetched == [AlexaWorld.place])
    }

    @Test(arguments: [
        ("a leaf that has expired", ["expired", "intermediate"], "expired"),
        ("a leaf of the future", ["future", "intermediate"], "not yet valid"),
        ("a leaf for another host", ["other-host", "intermediate"], "hostname"),
        ("a name that goes on", ["suffix", "intermediate"], "hostname"),
        ("a name with something before", ["prefix", "intermediate"], "hostname"),
        ("a wildcard", ["wildcard", "intermediate"], "hostname"),
        ("the name as common name only", ["common-name", "intermediate"], "hostname"),
        ("the name in another kind of entry", ["address", "intermediate"], "hostname"),
        ("a NUL in the name", ["nul", "intermediate"], "hostname"),
        ("one that signed itself", ["self"], "not to be trusted"),
        ("an unknown root", ["unknown", "other-root"], "not to be trusted"),
        ("no intermediate", ["good"], "not to be trusted"),
        ("an intermediate that has expired", ["below-old", "old-intermediate"], "expired"),
        ("a leaf below a leaf", ["below-leaf", "good", "intermediate"], "not to be trusted"),
        ("the intermediate first", ["intermediate", "good"], "not to be trusted"),
        ("the root alone", ["root"], "not to be trusted"),
        ("an authority as leaf", ["authority", "intermediate"], "authority"),
        ("a leaf for clients", ["client", "intermediate"], "purpose"),
        ("a key that only enciphers", ["enciphers", "intermediate"], "may sign"),
        ("a key that is none of RSA", ["ec", "intermediate"], "may sign"),
        ("a key of 1024 bits", ["weak", "intermediate"], "key too weak"),
        ("a certificate signed by SHA-1", ["sha1", "intermediate"], "too weak"),
        ("a key instead", [], "no readable certificate"),
    ])
    func certificatesThatAreNotAlexas(
        name: String, files: [String], reason: String
    ) async throws {
        let key = try Data(contentsOf: fixture("alexa/leaf.key"))
        let certificates =
            files.isEmpty ? Array(key) : try files.flatMap { try AlexaWorld.pem($0) }
        try await refuse(name, saying: reason, Attempt(certificates: certificates), fetches: true)
    }

    @Test func certificatesThatAreNone() async throws {
        let good = try AlexaWorld.pem("good", "intermediate")
        let padding = [UInt8](repeating: UInt8(ascii: "\n"), count: AlexaCertificateShelf.mostBytes)
        for (name, bytes, words) in [
            ("nothing", [], "no readable"), ("a page", Array("<html>".utf8), "no readable"),
            ("huge", good + padding, "no readable"),
            ("cut off", Array(good.prefix(700)), "no readable"),
            ("too many", Array([[UInt8]](repeating: good, count: 6).joined()), "more than 10"),
        ] {
            try await refuse(name, saying: words, Attempt(certificates: bytes), fetches: true)
        }
        world.put(nil)
        try await refuse("not there", saying: "could not be fetched", Attempt(), fetches: true)
    }

    @Test func timesThatAreNotNow() async throws {
        for (name, time, words) in [
            ("old", AlexaWorld.stamp(after: -151), "150 s"),
            ("future", AlexaWorld.stamp(after: 151), "150 s"), ("missing", nil, "is missing"),
            ("in words", "now", "no time"), ("seconds", "1780000000", "no time"),
            ("without a zone", String(AlexaWorld.stamp(after: 0).dropLast()), "no time"),
            ("with words after it", AlexaWorld.stamp(after: 0) + "junkZ", "no time"),
            ("a long time ago", "0001-01-01T00:00:00Z", "150 s"),
            ("no such day", "2026-13-45T00:00:00Z", "request.timestamp"),
        ] as [(String, String?, String)] {
            var attempt = Attempt()
            attempt.request.timestamp = time
            try await refuse(name, saying: words, attempt)
        }
        for seconds in [-150.0, 150] {
            var attempt = Attempt()
            attempt.request.timestamp = AlexaWorld.stamp(after: seconds)
            #expect(try await answer(attempt).status == 200)
        }
    }

    @Test func skillsThatAreOthers() async throws {
        for (name, context, session) in [
            ("another", "amzn1.ask.skill.b", "amzn1.ask.skill.b"), ("none", nil, nil),
            ("another in the context", "amzn1.ask.skill.b", AlexaWorld.skill),
            ("another in the session", AlexaWorld.skill, "amzn1.ask.skill.b"),
            ("longer", AlexaWorld.skill + "x", nil), ("empty", "", nil),
        ] as [(String, String?, String?)] {
            var attempt = Attempt()
            attempt.request.contextSkill = context
            attempt.request.sessionSkill = session
            try await refuse(name, saying: "another skill", attempt)
        }
        for (context, session) in [(AlexaWorld.skill, nil), (nil, AlexaWorld.skill)] {
            var attempt = Attempt()
            attempt.request.contextSkill = context
            attempt.request.sessionSkill = session
            #expect(try await answer(attempt).status == 200)
        }
    }

    @Test func bodiesThatAreNoRequests() async throws {
        for body in ["", "null", "[]", "{", "{}", #"{"request": 5}"#, #"{"request": {"type": 5}}"#]
        {
            let bytes = Array(body.utf8)
            let attempt = Attempt(body: bytes, headers: try world.headers(for: bytes))
            try await refuse(body, saying: "request.type", attempt)
        }
        let long = [UInt8](repeating: UInt8(ascii: " "), count: AlexaRequest.mostBytes + 1)
        #expect(try await answer(Attempt(body: long)).status == 413)
    }

    @Test func aRefusalIsLoggedWithoutWhatWasSaid() async throws {
        let server = try world.server(models: Self.model)
        var request = AlexaWorld.intent("TalkIntent", [("message", "a secret")])
        request.timestamp = AlexaWorld.stamp(after: 500)
        #expect(try await world.send(request, to: server).status == 400)
        let line = try #require(server.log.all.first { $0.contains("refused a skill") })
        #expect(line.contains("150 s"))
        #expect(!server.log.all.contains { $0.contains("secret") || $0.contains("SOMEBODY") })
    }
}
