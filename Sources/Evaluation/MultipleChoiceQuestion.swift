import Foundation
import JSON

/// One question of a multiple-choice test, as a line of HellaSwag's files has it.
public struct MultipleChoiceQuestion: Sendable, Equatable {
    /// What the endings go on from.
    public let context: String
    /// At least two.
    public let endings: [String]
    /// Which ending is the right one, from 0.
    public let label: Int

    /// Reads a file of one JSON object a line with `ctx`, `endings` and `label`; other members and
    /// empty lines are passed over.
    ///
    /// - Parameters:
    ///   - bytes: the file's.
    ///   - path: how errors name it.
    /// - Returns: at least one question.
    /// - Throws: `EvaluationError` with the line of the first fault.
    public static func all(in bytes: [UInt8], path: String) throws -> [MultipleChoiceQuestion] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let questions = try lines.enumerated().compactMap { index, line in
            line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
                ? nil : try Self(Array(line), path: path, line: index + 1)
        }
        guard !questions.isEmpty else { throw EvaluationError.noQuestions(path: path) }
        return questions
    }

    private init(_ bytes: [UInt8], path: String, line: Int) throws {
        func fault(_ text: String) -> EvaluationError {
            .notAQuestion(path: path, line: line, fault: text)
        }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch let error as JSONError {
            throw fault("column \(error.position.column): \(Self.reason(error))")
        }
        guard value.object != nil else { throw fault("it is \(value.kind), not an object") }
        guard let context = value["ctx"]?.string else { throw fault("\"ctx\" must be a string") }
        let endings = value["endings"]?.array?.compactMap(\.string) ?? []
        guard endings.count >= 2, endings.count == value["endings"]?.array?.count else {
            throw fault("\"endings\" must be a list of two strings or more")
        }
        // Copies of the test that went through pandas have the number as a string.
        guard let label = value["label"]?.integer ?? value["label"]?.string.flatMap({ Int($0) }),
            endings.indices.contains(label)
        else { throw fault("\"label\" must be the number of an ending, from 0") }
        self.context = context
        self.endings = endings
        self.label = label
    }

    /// A key that stands twice is told by its place alone: no text of a file is in an error.
    private static func reason(_ error: JSONError) -> String {
        if case .duplicateKey = error.fault { return "a key stands twice in one object" }
        return error.reason
    }
}
