import JSON

/// Why a vocabulary cannot be read, written, learned, or asked for a token.
///
/// No text that was to be encoded is ever in an error.
public struct TokenizerError: Error, Equatable, CustomStringConvertible {
    public enum Fault: Sendable, Equatable {
        case unreadable(reason: String)
        case unwritable(reason: String)
        case noFileName
        case notReplaced(kind: String)
        case fileTooLarge(limit: Int)
        case noVocabulary(looked: [String])
        case noTexts
        case textNotUTF8(offset: Int)

        case notJSON(reason: String)
        case vocabularyNotAnObject(kind: String)
        case idNotWhole(token: String, kind: String)
        case idOutOfRange(token: String, id: Int, count: Int)
        case idTwice(token: String, other: String, id: Int)
        case notInAlphabet(token: String)
        case emptyToken
        case byteMissing(UInt8)

        case mergesNotUTF8
        case mergeNotAPair
        case mergePartUnknown(part: String)
        case mergePartNotYetMade(part: String)
        case mergeResultUnknown(result: String)
        case mergeTwice(firstLine: Int)
        /// The list ends before it has made what `vocabulary` holds.
        case tokensNotMade(count: Int, vocabulary: String)

        case unknownToken(TokenID, count: Int)
        case vocabularySize(Int, allowed: ClosedRange<Int>)
        case tooLittleText(reached: Int, wanted: Int)
        case tooMuchText(limit: Int)
    }

    public let fault: Fault
    /// The file it happened in, as it was named; nil where there is none.
    public let file: String?
    /// Counted from 1; nil where the fault is not at one line.
    public let line: Int?
    /// The byte of the line, counted from 1.
    public let column: Int?

    public init(_ fault: Fault, file: String? = nil, line: Int? = nil, column: Int? = nil) {
        self.fault = fault
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String {
        var place = file.map { shown($0) } ?? ""
        if let line { place += "\(place.isEmpty ? "" : ", ")line \(line)" }
        if let column { place += ", column \(column)" }
        return place.isEmpty ? sentence : "\(place): \(sentence)"
    }

    private var sentence: String {
        switch fault {
        case .unreadable(let reason):
            "cannot be read (\(reason)); check the path and its permissions"
        case .unwritable(let reason):
            "cannot be written (\(reason)); check the folder, its permissions and the disk's space"
        case .noFileName:
            "the file to write has an empty name; name a file"
        case .notReplaced(let kind):
            "is \(kind); name a file"
        case .fileTooLarge(let limit):
            "is larger than \(limit) bytes; check that it is the right file"
        case .noVocabulary(let looked):
            "holds no vocabulary; put \(looked.joined(separator: ", or ")) there"
        case .noTexts:
            "there is no such file, no file in such a folder, and none that matches it as a "
                + "pattern; check the path"
        case .textNotUTF8(let offset):
            "byte \(offset) is not part of valid UTF-8; convert the text to UTF-8, or leave the "
                + "file out"
        case .notJSON(let reason):
            "\(reason); fetch or write the vocabulary again"
        case .vocabularyNotAnObject(let kind):
            "the vocabulary must be an object from tokens to ids, not \(kind)"
        case .idNotWhole(let token, let kind):
            "the id of \(quoted(token)) must be a whole number, not \(kind)"
        case .idOutOfRange(let token, let id, let count):
            "the id of \(quoted(token)) is \(id), but the ids of \(count) tokens must be 0 to "
                + "\(count - 1) with none left out; fetch or write the vocabulary again"
        case .idTwice(let token, let other, let id):
            "\(quoted(token)) and \(quoted(other)) both have the id \(id); each token needs its own"
        case .notInAlphabet(let token):
            "\(quoted(token)) has a character that no byte is written as; "
                + "the vocabulary must be of GPT-2's byte-level kind"
        case .emptyToken:
            "a token has no characters; remove it"
        case .byteMissing(let byte):
            "there is no token for the byte \(byte), written "
                + "\"\(ByteAlphabet.text(for: [byte]))\"; every byte needs one"
        case .mergesNotUTF8:
            "the text is not valid UTF-8; fetch or write the merges again"
        case .mergeNotAPair:
            "a merge must be two tokens with one space between them"
        case .mergePartUnknown(let part):
            "\(quoted(part)) is not in the vocabulary; the two files must come from the same model"
        case .mergePartNotYetMade(let part):
            "\(quoted(part)) is neither a byte nor made by an earlier merge; the lines must stand "
                + "in the order they were learned"
        case .mergeResultUnknown(let result):
            "the merge makes \(quoted(result)), which is not in the vocabulary; "
                + "the two files must come from the same model"
        case .mergeTwice(let firstLine):
            "this merge already stands in line \(firstLine); remove one"
        case .tokensNotMade(let count, let vocabulary):
            "\(count) token\(count == 1 ? "" : "s") of \(shown(vocabulary)) \(count == 1 ? "is" : "are") "
                + "made by no merge, so this list is cut short or belongs to another vocabulary; "
                + "fetch both again"
        case .unknownToken(let id, let count):
            "there is no token \(id); the vocabulary has the ids 0 to \(count - 1)"
        case .vocabularySize(let size, let allowed):
            "a vocabulary of \(size) tokens cannot be learned; "
                + "ask for \(allowed.lowerBound) to \(allowed.upperBound)"
        case .tooLittleText(let reached, let wanted):
            "the text repeats itself too little for \(wanted) tokens; "
                + "ask for \(reached) or fewer, or give more text"
        case .tooMuchText(let limit):
            "the different words of the text have more than \(limit) bytes; give less text"
        }
    }
}

/// A token as a message has it; one out of a damaged file may be anything.
private func quoted(_ token: String) -> String { "\"\(shown(token, most: 64))\"" }
