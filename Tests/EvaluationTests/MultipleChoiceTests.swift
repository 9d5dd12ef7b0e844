import JSON
import Testing
import Tokenizer

@testable import Evaluation

@Suite struct MultipleChoiceTests {
    @Test func everyAnswerIsPyTorchs() throws {
        let reference = try EvaluatedModel()
        let exam = try MultipleChoiceExam(
            reference.model, tokenizer: reference.tokenizer, on: reference.pool)
        let questions = try MultipleChoiceQuestion.all(
            in: EvaluatedModel.bytes("questions.jsonl"), path: "questions.jsonl")
        let choices = try EvaluatedModel.list("choices.json")
        #expect(questions.count == 24 && choices.count == 24)
        var all = MultipleChoiceScore()
        for (index, (question, choice)) in zip(questions, choices).enumerated() {
            var score = MultipleChoiceScore()
            try exam.put(question, number: index + 1, to: &score)
            #expect((score.rightBySum == 1) == (choice["sum"]?.integer == question.label))
            #expect((score.rightByMean == 1) == (choice["mean"]?.integer == question.label))
            try exam.put(question, number: index + 1, to: &all)
        }
        #expect(all.truncatedCount == choices.count { $0["cut"]?.bool == true })
        #expect(all.truncatedCount > 0)
        #expect(all.accuracy == Double(all.rightBySum) / 24)
        #expect(all.normalizedAccuracy == Double(all.rightByMean) / 24)
    }

    @Test(arguments: [
        (#"{"ctx": "a", "endings": ["b", "c"], "label": 2}"#, "\"label\""),
        (#"{"ctx": "a", "endings": ["b"], "label": 0}"#, "\"endings\""),
        (#"{"ctx": "a", "endings": ["b", 1], "label": 0}"#, "\"endings\""),
        (#"{"ctx": 1, "endings": ["b", "c"], "label": 0}"#, "\"ctx\""),
        (#"["secret"]"#, "a list"), (#"{"ctx": "secret""#, "column"),
        (#"{"secret": 1, "secret": 2}"#, "twice"),
    ])
    func aLineThatIsNoQuestionIsToldByItsNumberAlone(line: String, part: String) throws {
        let good = #"{"ctx": "a", "endings": ["b", "c"], "label": "1", "ind": 3}"#
        let text = good + "\n\n" + line + "\n"
        let error = #expect(throws: EvaluationError.self) {
            try MultipleChoiceQuestion.all(in: Array(text.utf8), path: "q.jsonl")
        }
        let sentence = try #require(error).description
        #expect(sentence.hasPrefix("q.jsonl, line 3: ") && sentence.contains(part))
        #expect(!sentence.contains("secret"))
    }

    @Test func anEndingPastTheWindowIsRefused() throws {
        let reference = try EvaluatedModel()
        let exam = try MultipleChoiceExam(
            reference.model, tokenizer: reference.tokenizer, on: reference.pool)
        let long = String(repeating: "☕", count: 200)
        let line = #"{"ctx": "a", "endings": ["b", "\#(long)"], "label": 0}"#
        let question = try MultipleChoiceQuestion.all(in: Array(line.utf8), path: "")[0]
        var score = MultipleChoiceScore()
        #expect(throws: EvaluationError.noRoom(question: 7, window: 128)) {
            try exam.put(question, number: 7, to: &score)
        }
    }
}
