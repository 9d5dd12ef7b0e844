import Testing

@testable import dixie

/// What is made of the lines that are typed into a chat.
@Suite struct ChatLineTests {
    static let lines: [(String, ChatLine)] = [
        ("Hello there", .message("Hello there")), ("  Hi ", .message("  Hi ")),
        ("//help", .message("/help")), ("///", .message("//")), ("a /help", .message("a /help")),
        ("", .nothing), (" \t", .nothing), ("/help", .order(.help)), ("/HELP", .order(.help)),
        ("/?", .order(.help)), ("/reset", .order(.reset)), ("/retry ", .order(.retry)),
        ("/history", .order(.history)), ("/quit", .order(.quit)), ("/exit", .order(.quit)),
        ("/model", .order(.model(nil))), ("/model general", .order(.model("general"))),
        ("/audience", .order(.audience(nil))),
        ("/audience  aunt May ", .order(.audience("aunt May"))),
        ("/set", .order(.set(name: nil, value: nil))),
        ("/set seed", .order(.set(name: "seed", value: nil))),
        ("/set  seed  -5", .order(.set(name: "seed", value: "-5"))),
        ("/save my chat.txt", .order(.save(path: "my chat.txt", replaces: false))),
        ("/save! a", .order(.save(path: "a", replaces: true))),
    ]

    @Test(arguments: lines)
    func aLineSaysWhatItAsksFor(text: String, line: ChatLine) throws {
        #expect(try ChatLine(text) == line)
    }

    @Test(arguments: ["/", "/ nonsense", "/nonsense", "/hélp", "/quit! now"])
    func whatIsNoOrderIsToldWhatThereIs(text: String) throws {
        let mistake = try #require(throws: ChatMistake.self) { try ChatLine(text) }
        for (usage, _) in ChatOrder.list where usage.hasPrefix("/") {
            #expect(mistake.description.contains(usage.prefix { $0 != " " }))
        }
        #expect(!mistake.description.contains("\n"))
    }

    @Test(arguments: [
        "/save", "/save! ", "/reset now", "/help me", "/model a b", "/set seed 1 2", "/retry it",
    ])
    func wordsTooFewOrTooManyAreAMistake(text: String) {
        #expect(throws: ChatMistake.self) { try ChatLine(text) }
    }

    @Test func aLongWordIsNotRepeatedWhole() throws {
        let word = String(repeating: "x", count: 5000)
        let mistake = try #require(throws: ChatMistake.self) { try ChatLine("/" + word) }
        #expect(mistake.description.count < 400)
    }
}

@Suite struct ChatSettingsTests {
    @Test func eachIsSetShownAndGivenBack() throws {
        var settings = ChatSettings()
        for (name, value) in [
            ("temperature", "0.5"), ("length", "7"), ("top_k", "3"), ("top_p", "0.9"),
            ("penalize", "1"), ("seed", "-2"),
        ] {
            #expect(try settings.lines(name) == ["\(name) default"])
            try settings.set(name, to: value)
            #expect(settings.values.filter { $0.value != nil }.map(\.name) == [name])
            #expect(try settings.lines(name).first?.hasPrefix("\(name) \(value)") == true)
            try settings.set(name, to: "default")
        }
        #expect(settings == ChatSettings())
        #expect(try settings.lines(nil).count == ChatSettings.names.count)
        #expect(settings.values.map(\.name) == ChatSettings.names)
    }

    @Test(arguments: [
        ("temperature", "5.1"), ("temperature", "-0.1"), ("temperature", "nan"),
        ("temperature", "hot"), ("length", "0"), ("length", "1000001"), ("length", "2.5"),
        ("top_k", "-1"), ("top_p", "1.01"), ("penalize", "inf"), ("seed", "9223372036854775808"),
        ("seed", ""), ("stop", "x"), ("", "1"),
    ])
    func whatIsOutOfItsRangeChangesNothing(name: String, value: String) throws {
        var settings = ChatSettings()
        let mistake = try #require(throws: ChatMistake.self) { try settings.set(name, to: value) }
        #expect(settings == ChatSettings())
        let isKnown = ChatSettings.names.contains(name)
        #expect(mistake.description.contains(isKnown ? "must be" : "there are temperature"))
    }

    @Test func theRangesAreThoseOfRequests() throws {
        var settings = ChatSettings()
        for (name, value) in [
            ("temperature", "0"), ("temperature", "5"), ("length", "1000000"),
            ("top_k", "1000000"), ("top_p", "1"), ("penalize", "0"),
            ("seed", "9223372036854775807"), ("seed", "-9223372036854775808"),
        ] { try settings.set(name, to: value) }
    }
}
