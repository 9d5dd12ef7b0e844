/// Why a model cannot be evaluated on what was given.
///
/// No text of a file is in an error.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// No text has two tokens or more.
    case nothingToForesee(path: String)
    case noQuestions(path: String)
    /// A line is no question; `fault` is what is wrong, as the end of a sentence.
    case notAQuestion(path: String, line: Int, fault: String)
    /// Question `question`, counted from 1, has an ending longer than the window.
    case noRoom(question: Int, window: Int)
    case emptyContext(question: Int)
    /// A chat log in which nobody asks the persona anything.
    case nobodyAsks(path: String)

    public var description: String {
        switch self {
        case .nothingToForesee(let path):
            "\(path): there are fewer than two tokens, so nothing can be foreseen; give a longer "
                + "text"
        case .noQuestions(let path):
            "\(path): there is no question; give a JSON object a line, with ctx, endings and label"
        case .notAQuestion(let path, let line, let fault):
            "\(path), line \(line): \(fault); each line is an object with ctx, endings and label"
        case .noRoom(let question, let window):
            "question \(question) has an ending that does not fit the window of \(window) tokens; "
                + "leave the question out"
        case .emptyContext(let question):
            "question \(question) has no context for its endings to go on from; leave it out"
        case .nobodyAsks(let path):
            "\(path): no message of side 1 is in it, so there is nothing to reply to; give a chat "
                + "log of lines like 1|mom|Hi! <EOM>"
        }
    }
}
