import JSON
import Testing

@Suite struct JSONParserTests {
    @Test func valuesOfEveryKindAreRead() throws {
        let value = try JSONParser.parse(
            #" {"a": [1, -2.5e1, true, false, null], "b": {"c": "x\n\u00e9\ud83d\ude00"}} "#)
        #expect(
            value == ["a": [1, -25.0, true, false, nil], "b": ["c": "x\n\u{e9}\u{1F600}"]])
    }

    @Test func membersAreReadOneByOne() throws {
        let text = "{\"a\": 1,\n\"\\u00e9\": [2], \"a\": {\"b\": 3}} "
        var keys: [String] = []
        var values: [JSONValue] = []
        var places: [JSONPosition] = []
        let other = try JSONParser.readMembers(of: Array(text.utf8)) { key in
            keys.append(String(decoding: key, as: UTF8.self))
        } member: { value, place in
            values.append(value)
            places.append(place)
        }
        #expect(other == nil)
        #expect(keys == ["a", "\u{e9}", "a"])
        #expect(values == [1, [2], ["b": 3]])
        #expect(places.map(\.line) == [1, 2, 2] && places[0].column == 2)
        let list = try JSONParser.readMembers(of: Array("[1]".utf8)) { _ in
        } member: { _, _ in
        }
        #expect(list == [1])
    }

    @Test(arguments: [
        ("", JSONError.Fault.empty), ("{", .unexpectedEnd), ("{} x", .trailingCharacters),
        ("{\"a\":1,}", .unexpectedCharacter(expected: "a key in double quotes")),
        ("{\"\\ud800\":1}", .loneSurrogate), ("[1] x", .trailingCharacters),
    ])
    func membersHaveTheFaultsOfTheWhole(text: String, fault: JSONError.Fault) {
        let error = #expect(throws: JSONError.self) {
            _ = try JSONParser.readMembers(of: Array(text.utf8)) { _ in
            } member: { _, _ in
            }
        }
        #expect(error?.fault == fault)
        let ofWhole = #expect(throws: JSONError.self) { _ = try JSONParser.parse(text) }
        #expect(error == ofWhole)
    }

    @Test func aKeyThatIsNotUTF8IsRefused() {
        for bytes in [[0xFF], [0xC3], [0x5C, 0x6E, 0xFF]] as [[UInt8]] {
            let text = Array("{\"".utf8) + bytes + Array("\":1}".utf8)
            let error = #expect(throws: JSONError.self) {
                _ = try JSONParser.readMembers(of: text) { _ in
                } member: { _, _ in
                }
            }
            #expect(error == JSONError(.notUTF8, at: JSONPosition(line: 1, column: 3)))
            let ofWhole = #expect(throws: JSONError.self) { _ = try JSONParser.parse(text) }
            #expect(error == ofWhole)
        }
    }

    @Test func wholeNumbersAreReadToTheLastDigit() throws {
        for number in [0, -1, 999_999_999_999_999_999, -999_999_999_999_999_999, .max, .min] {
            #expect(try JSONParser.parse("\(number)") == .integer(number))
        }
        #expect(try JSONParser.parse("-0") == .integer(0))
    }

    @Test func placesAreCountedInLinesAndColumns() throws {
        let value = try JSONParser.parse("{\n  \"port\": 80,\n  \"host\": \"x\"\n}")
        #expect(value["host"]?.position == JSONPosition(line: 3, column: 11))
        #expect(value.object?.first?.position == JSONPosition(line: 2, column: 3))
    }

    @Test(arguments: [
        ("", JSONError.Fault.empty, 1, 1),
        ("  ", .empty, 1, 3),
        ("[1,]", .unexpectedCharacter(expected: "a value"), 1, 4),
        ("{\"a\":1,\n\"a\":2}", .duplicateKey("a"), 2, 1),
        ("[1] x", .trailingCharacters, 1, 5),
        ("01", .invalidNumber, 1, 3),
        ("1.", .invalidNumber, 1, 3),
        ("+1", .unexpectedCharacter(expected: "a value"), 1, 1),
        ("1e999", .numberTooLarge, 1, 6),
        ("NaN", .unexpectedCharacter(expected: "a value"), 1, 1),
        ("\"a\nb\"", .controlCharacter, 1, 3),
        ("\"\\x\"", .invalidEscape, 1, 2),
        ("\"\\ud800\"", .loneSurrogate, 1, 2),
        ("\"\\udc00\\ud800\"", .loneSurrogate, 1, 2),
        ("\"\\u12", .unexpectedEnd, 1, 2),
        ("[", .unexpectedEnd, 1, 2),
        ("tru", .unexpectedEnd, 1, 4),
        ("{\"a\" 1}", .unexpectedCharacter(expected: "\":\""), 1, 6),
        ("{a:1}", .unexpectedCharacter(expected: "a key in double quotes"), 1, 2),
        ("\u{FEFF}1", .unexpectedCharacter(expected: "a value"), 1, 1),
    ])
    func faultsAreNamedWithTheirPlace(
        text: String, fault: JSONError.Fault, line: Int, column: Int
    ) {
        #expect(throws: JSONError(fault, at: JSONPosition(line: line, column: column))) {
            try JSONParser.parse(text)
        }
    }

    @Test func allDuplicateKeysCanBeCollected() throws {
        var duplicates: [JSONError] = []
        let text = Array("{\"a\":1,\"b\":{\"c\":1,\n\"c\":2},\n\"a\":{\"a\":3}}".utf8)
        let value = try JSONParser.parse(text, collecting: &duplicates)
        #expect(value == ["a": 1, "b": ["c": 1]])
        #expect(
            duplicates == [
                JSONError(.duplicateKey("c"), at: JSONPosition(line: 2, column: 1)),
                JSONError(.duplicateKey("a"), at: JSONPosition(line: 3, column: 1)),
            ])
        #expect(throws: JSONError(.unexpectedEnd, at: JSONPosition(line: 1, column: 2))) {
            try JSONParser.parse(Array("[".utf8), collecting: &duplicates)
        }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: JSONError(.notUTF8, at: JSONPosition(line: 1, column: 2))) {
            try JSONParser.parse([0x22, 0xFF, 0x22])
        }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test func nestingIsLimited() throws {
        let nest = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONParser.parse(nest(32))
        #expect(throws: JSONError(.tooDeep(limit: 32), at: JSONPosition(line: 1, column: 33))) {
            try JSONParser.parse(nest(33))
        }
        #expect(throws: JSONError.self) { try JSONParser.parse(nest(100_000)) }
    }

    @Test func keysAreComparedByTheirBytes() throws {
        // "é" composed and decomposed: equal as Swift strings, two keys in JSON.
        let value = try JSONParser.parse("{\"\u{e9}\": 1, \"e\u{301}\": 2}")
        #expect(value.object?.count == 2)
    }

    @Test func wholeNumbersBeyond64BitsBecomeDoubles() throws {
        #expect(try JSONParser.parse("9223372036854775807").integer == Int.max)
        #expect(try JSONParser.parse("9223372036854775808").integer == nil)
        #expect(try JSONParser.parse("9223372036854775808").number == 9_223_372_036_854_775_808)
    }

    @Test func writingAndReadingAgree() throws {
        let value: JSONValue = [
            "text": "quote \" slash \\ newline \n bell \u{7} emoji \u{1F600}", "n": 0.1,
            "list": [1, nil, true],
        ]
        #expect(try JSONParser.parse(value.serialized) == value)
        #expect(value.serialized.contains("\n") == false)
    }
}
