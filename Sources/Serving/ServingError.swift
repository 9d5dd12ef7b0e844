/// Why a request got no reply, or not a whole one. Nothing of the prompt or the reply is in it.
public enum ServingError: Error, Equatable, CustomStringConvertible {
    case unknownModel(String)
    /// The model could not be loaded; `reason` is the loader's own sentence.
    case loadFailed(key: String, reason: String)
    /// There is not so much memory left as the model needs; `missing` are the bytes.
    case noMemory(key: String, missing: Int)
    /// There is a model of that key.
    case alreadyThere(String)
    /// A model that has not been swapped has nothing to go back to.
    case nothingBefore(String)
    /// Replies of the version that was to leave first took longer than they may.
    case stillInUse(String)
    /// As many requests wait for this model as may; in so many seconds there may be room.
    case queueFull(waiting: Int, seconds: Int)
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
        case .noMemory(let key, let missing):
            "there is no memory for the model \"\(key)\": \(max(1, missing >> 20)) MB are missing; "
                + "raise memory_limit, or give models that are not needed a \"ttl\""
        case .alreadyThere(let key):
            "there is a model \"\(key)\" already; take it out first, or swap it"
        case .nothingBefore(let key):
            "the model \"\(key)\" has not been swapped, so there is nothing to go back to"
        case .stillInUse(let key):
            "replies of the model \"\(key)\" took too long to finish; try again"
        case .queueFull(let waiting, let seconds):
            "\(waiting) requests already wait for this model; try again in \(seconds) s"
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
