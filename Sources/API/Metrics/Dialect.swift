/// Whose way of asking a path belongs to.
enum Dialect: String, Sendable, CaseIterable {
    case dixie, openai, ollama, sagemaker, alexa, admin
    /// A path that is none of the server's.
    case none

    /// - Parameter path: of a route; nil for a request that has none.
    init(path: String?) {
        guard let path else {
            self = .none
            return
        }
        let first = path.split(separator: "/").first ?? ""
        self =
            switch first {
            case "v1": .openai
            case "api": .ollama
            case "alexa": .alexa
            case "admin": .admin
            // The original's list is at a path of its own below SageMaker's.
            case "models": path == "/models/list" ? .dixie : .sagemaker
            default: .dixie
            }
    }
}
