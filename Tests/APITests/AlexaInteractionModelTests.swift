import Foundation
import JSON
import TestSupport
import Testing

@testable import API

/// `docs/alexa-interaction-model.json` is what owners paste into Alexa's console; whatever it can make of
/// an utterance is answered.
struct AlexaInteractionModelTests {
    private let intents: [JSONValue]

    init() throws {
        let file = projectFolder.appendingPathComponent("docs/alexa-interaction-model.json")
        let model = try JSONParser.parse(Array(try Data(contentsOf: file)))
        let language = try #require(model["interactionModel"]?["languageModel"])
        #expect(language["invocationName"]?.string?.contains(" ") == true)
        intents = try #require(language["intents"]?.array)
    }

    private var names: [String] { intents.compactMap { $0["name"]?.string } }

    @Test func whatAlexaAsksForIsThere() throws {
        #expect(Set(names).count == intents.count)
        for name in ["Stop", "Cancel", "Help", "Fallback", "NavigateHome", "Yes", "No"] {
            #expect(names.contains("AMAZON.\(name)Intent"))
        }
        for name in names where name.hasPrefix("AMAZON.") {
            let meaning = AlexaIntent(["name": .string(name)]).meaning
            let isHelp = ["AMAZON.HelpIntent", "AMAZON.FallbackIntent"].contains(name)
            #expect((meaning == .isLost) == isHelp, "\(name)")
        }
    }

    @Test func everySentenceReachesTheModelWhole() throws {
        var samples: Set<String> = []
        for intent in intents where intent["name"]?.string?.hasPrefix("AMAZON.") == false {
            let name = try #require(intent["name"]?.string)
            let slots = try #require(intent["slots"]?.array)
            // Free speech allows no other slot beside it.
            #expect(slots.count == 1 && slots[0]["type"] == "AMAZON.SearchQuery", "\(name)")
            let slot = try #require(slots.first?["name"]?.string)
            #expect(slot.utf8.allSatisfy { $0 == UInt8(ascii: "_") || ($0 | 0x20) > 0x60 })
            let list = try #require(intent["samples"]?.array)
            for sample in list.compactMap(\.string) {
                #expect(samples.insert(sample.lowercased()).inserted, "\(sample) stands twice")
                let carrier = String(sample.dropLast(slot.count + 3))
                #expect(sample == "\(carrier) {\(slot)}" && !carrier.isEmpty, "\(sample)")
                let heard: JSONValue = [
                    "name": .string(name),
                    "slots": .object([JSONMember(slot, ["value": "the sea"])]),
                ]
                let plain = carrier.replacing("'s", with: " is").replacing("'m", with: " am")
                    .replacing("'re", with: " are")
                let words = slot == "message" ? "the sea" : "\(plain) the sea"
                #expect(AlexaIntent(heard).meaning == .says(words), "\(sample)")
            }
        }
        #expect(samples.count > 50)
    }
}
