import Testing

@testable import Configuration

@Suite struct AlexaConfigurationTests {
    @Test func aSkillIsReadWithWhatItSays() throws {
        let all = try configuration(
            """
            { "models": [{ "key": "a" }, { "key": "b" }],
              "alexa": { "skill_id": ["s", "t"], "model_key": "b", "greeting": "1", "goodbye": "2",
                         "help": "3", "reprompt": "4", "busy": "5" } }
            """)
        #expect(
            all.alexa
                == .init(
                    skillIDs: ["s", "t"], modelKey: "b", greeting: "1", goodbye: "2", help: "3",
                    reprompt: "4", busy: "5"))
        let least = try configuration(#"{ "alexa": { "skill_id": "s" } }"#).alexa
        #expect(least?.skillIDs == ["s"] && least?.modelKey == nil)
        #expect(least?.greeting.isEmpty == false && least?.busy.isEmpty == false)
        let long = String(repeating: "a", count: 501)
        for (fields, path) in [
            (#""skill_id": [], "model_key": "a""#, "alexa.skill_id"),
            (#""skill_id": """#, "alexa.skill_id"), (#""skill_id": 5"#, "alexa.skill_id"),
            (#""skill_id": ["s", 5]"#, "alexa.skill_id"),
            (#""skill_id": "s", "model_key": "c""#, "alexa.model_key"),
            (#""skill_id": "s", "help": """#, "alexa.help"),
            (#""skill_id": "s", "greeting": "\#(long)""#, "alexa.greeting"),
            (#""skill_id": "s", "reprompt": "a\nb""#, "alexa.reprompt"),
            (#""skill_id": "s", "locale": "en-US""#, "alexa.locale"),
        ] {
            let error = #expect(throws: ConfigurationError.self, "\(fields)") {
                try configuration(
                    #"{ "models": [{ "key": "a" }], "alexa": { \#(fields) } }"#)
            }
            #expect(error?.faults.map(\.path) == [path], "\(fields)")
        }
    }
}
