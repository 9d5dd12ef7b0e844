/// Why there is nothing to report of a server under load.
enum HTTPLoadError: Error, Equatable, CustomStringConvertible {
    case noReplies(failures: Int, first: String)

    var description: String {
        switch self {
        case .noReplies(let failures, let first):
            "none of \(failures) replies came; the first failure: \(first)"
        }
    }
}
