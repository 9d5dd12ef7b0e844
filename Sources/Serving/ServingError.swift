/// Why a request got no reply, or not a whole one. Nothing of the prompt or the reply is in it.
public enum ServingError: Error, Equatable, CustomStringConvertible {
    case unknownModel(String)
    /// The model could not be loaded; `reason` is the loader's own sentence.
    case loadFailed(key: String, reason: String)
    /// As many requests wait for this model as may.
    case queueFull(waiting: Int)
    /// The deadline passed before the first token could be made.
    case deadlineWhileQueued
    case cancelled
    case stopping
    /// The step itself failed; `reason` is the engine's own sentence.
    case generationFailed(reason: String)

    public var description: String {
        switch self {
        case .unknownModel(let key):
            "there is no model \"\(key)\""
        case .loadFailed(let key, let reason):
            "the model \"\(key)\" could not be loaded: \(reason)"
        case .queueFull(let waiting):
            "\(waiting) requests already wait for this model; try again in a moment"
        case .deadlineWhileQueued:
            "the deadline passed while the request waited for its turn; "
                + "try again, or give it more time"
        case .cancelled:
            "the request was cancelled"
        case .stopping:
            "the server is stopping; try again when it is back"
        case .generationFailed(let reason):
            "generating the reply failed: \(reason)"
        }
    }
}
