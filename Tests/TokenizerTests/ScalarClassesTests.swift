import Testing

@testable import Tokenizer

@Suite struct ScalarClassesTests {
    @Test func countsAreThoseOfTheReferences() {
        var counts: [ScalarClass: Int] = [:]
        for value in UInt32(0)..<0x110000 { counts[ScalarClasses.shared[value], default: 0] += 1 }
        #expect(counts[.letter] == 141_028)
        #expect(counts[.number] == 1_911)
        #expect(counts[.whitespace] == 25)
    }

    /// The compiler's tables are of a later Unicode, which adds and takes nothing away.
    @Test func classesAgreeWithTheCompilersWhereBothKnowTheScalar() {
        for value in UInt32(0)..<0x110000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            switch (ScalarClasses.shared[value], scalar.properties.generalCategory) {
            case (.letter, .uppercaseLetter), (.letter, .lowercaseLetter),
                (.letter, .titlecaseLetter), (.letter, .modifierLetter), (.letter, .otherLetter),
                (.number, .decimalNumber), (.number, .letterNumber), (.number, .otherNumber):
                continue
            case (.whitespace, _):
                #expect(scalar.properties.isWhitespace)
            case (let kind, _):
                #expect(kind == .other && !scalar.properties.isWhitespace, "\(value)")
            }
        }
    }
}
