import Chat
import Configuration
import Foundation
import GPT2
import Testing

/// What a model's settings come to.
@Suite struct ModelSettingsTests {
    private func model(_ fields: String) throws -> ModelConfiguration {
        try #require(try configuration(#"{"models": [{\#(fields)}]}"#).models.first)
    }

    @Test func whatIsNotAskedForIsTheModels() throws {
        let model = try model(
            #""generation": {"temperature": 0.5, "top_k": 7, "top_p": 0.8, "penalize": 0.6}"#)
        let own = model.sampling(
            temperature: nil, topK: nil, topP: nil, penalize: nil, seed: -1, isCompatible: false)
        #expect(own.temperature == 0.5 && own.topK == 7 && own.topP == 0.8 && own.penalize == 0.6)
        #expect(own.seed == .max && own.penaltyRule == .generated)
        let asked = model.sampling(
            temperature: 0, topK: 3, topP: nil, penalize: 1, seed: 5, isCompatible: true)
        #expect(asked.temperature == 0 && asked.topK == 3 && asked.penalize == 1)
        #expect(asked.topP == 0, "who asks for top-k means it")
        #expect(asked.seed == 5 && asked.penaltyRule == .original)
    }

    @Test func withoutASeedItIsAnotherOneEachTime() throws {
        let model = try model("")
        let seeds = (0..<4).map { _ in
            model.sampling(
                temperature: nil, topK: nil, topP: nil, penalize: nil, seed: nil,
                isCompatible: false
            ).seed
        }
        #expect(Set(seeds).count == 4)
    }

    @Test(arguments: [
        ("chatbot", "off", false, ["<EOM>"], Sanitizer.Rules.chatbot),
        ("chatbot", "off", true, [], .chatbotLegacy), ("none", "off", false, [], .none),
        ("chatbot", "dixie", true, [], .chatbotLegacy),
        ("chatbot", "dixie", false, ["<EOM>"], .chatbotLegacy),
        ("none", "dixie", false, [], .none),
    ])
    func compatTurnsStopsOffAndTheOldSanitizerOn(
        sanitizer: String, compat: String, asked: Bool, stops: [String], rules: Sanitizer.Rules
    ) throws {
        let model = try model(#""sanitizer": "\#(sanitizer)", "compat": "\#(compat)""#)
        #expect(model.stops(isCompatible: asked) == stops)
        #expect(model.replySanitizer(isCompatible: asked).rules == rules)
    }

    @Test func whoOpensNoServerNeedsNeitherKeysNorCertificates() throws {
        let text = """
            { "api_keys": [{ "env": "NOT_SET" }],
              "tls": { "certificates": [{ "certificate": "gone", "key": "gone" }] },
              "models": [{ "key": "a" }] }
            """
        var surroundings = ServerConfiguration.Surroundings(
            environment: [:], fileExists: { _ in false })
        let read = {
            try ServerConfiguration(
                Array(text.utf8), file: "c.json", folder: "/etc/dixie", surroundings: surroundings)
        }
        let error = #expect(throws: ConfigurationError.self) { try read() }
        #expect(error?.faults.count == 3)
        surroundings.opensServer = false
        let server = try read()
        #expect(server.models.map(\.key) == ["a"])
        #expect(server.apiKeys.isEmpty && server.tls == nil)
    }
}
