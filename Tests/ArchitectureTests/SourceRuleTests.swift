import Testing

/// What no source file may have.
@Suite struct SourceRuleTests {
    static let mostLines = 400

    @Test func noFileIsLong() {
        let files = SwiftFile.all(below: "Sources") + SwiftFile.all(below: "Tests")
        #expect(files.count > 100, "the files were not found")
        for file in files {
            #expect(
                // The last line's end makes an empty one after it.
                file.lines.count - 1 <= Self.mostLines,
                "\(file) has more than one idea in it; give the second a file of its own")
        }
    }

    @Test func nothingEndsTheServerOnPurpose() {
        let remedies = [
            "fatalError(": "throw an error with a sentence for the reader",
            "try!": "let the error through, or catch it",
            " as!": "use as? and say what it means when the value is of another type",
        ]
        for file in SwiftFile.all(below: "Sources") {
            for (word, remedy) in remedies {
                #expect(file.lines(with: word).isEmpty, "\(file), these lines: \(remedy)")
            }
        }
    }

    @Test func noCheckIsTurnedOff() throws {
        let manifest = try #require(SwiftFile(path: "Package.swift"))
        for file in SwiftFile.all(below: "Sources") + [manifest] {
            for flag in ["-Ounchecked", "unsafeFlags"] {
                #expect(
                    file.lines(with: flag).isEmpty,
                    "\(file), these lines: overflow and bounds stay checked, in every build")
            }
        }
    }

    @Test func aWordIsFoundByItsLine() {
        let file = SwiftFile(path: "", text: "let a = b()\nlet c = try! d()\n\nlet e = c as! F")
        #expect(file.lines(with: "try!") == [2])
        #expect(file.lines(with: " as!") == [4])
        #expect(file.lines(with: "fatalError(") == [])
    }
}
