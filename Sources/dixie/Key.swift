import ArgumentParser
import Crypto
import Terminal

/// Makes an API key: the key itself for whoever is to call, its hash for the configuration.
struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an API key and its entry for server_config.json.",
        discussion: """
            The key is shown once and kept nowhere; the configuration needs only its hash.
            """)

    @Option(help: "What logs are to call the key.")
    var id = "owner"

    @Option(
        parsing: .upToNextOption,
        help: "What it may do: infer (ask models), admin (change what is served).")
    var scopes = [Scope.infer]

    enum Scope: String, ExpressibleByArgument, CaseIterable {
        case infer, admin
    }

    func validate() throws {
        let isPlain = id.utf8.allSatisfy { byte in
            byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        guard isPlain, (1...64).contains(id.utf8.count) else {
            throw ValidationError("--id should be 1 to 64 plain characters without quotes")
        }
    }

    func run() throws {
        let key = "dixie-" + (try SecureRandom.identifier(byteCount: 24))
        let hash = try SHA256Digest(hashing: key).hexadecimal
        let names = scopes.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        try writeOut(
            """
            The key, for the header "Authorization: Bearer …"; it is not shown again:
            \(key)

            Its entry for "api_keys" in server_config.json:
            { "id": "\(id)", "sha256": "\(hash)", "scopes": [\(names)] }

            """)
    }
}
