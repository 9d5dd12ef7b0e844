import Foundation

/// The key that a server asks for. It is in no message.
struct ServerKey: Sendable {
    let value: String

    /// Where it is looked for unless another variable is named.
    static let usualVariable = "DIXIE_API_KEY"

    /// Takes it from an environment variable; nil where that is empty or
    /// not set.
    ///
    /// - Parameters:
    ///   - variable: its name.
    ///   - environment: of the process.
    /// - Throws: `ChatMistake` for what no header can carry.
    init?(
        from variable: String,
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        guard let value = environment[variable], !value.isEmpty else { return nil }
        guard (1...512).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ChatMistake(
                "what \(variable) holds is no key, which is 1 to 512 visible ASCII characters; set "
                    + "it anew, or unset it")
        }
        self.value = value
    }
}
