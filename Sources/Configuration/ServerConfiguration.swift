import HTTP
import JSON
import Serving

/// All of `server_config.json`, checked. `ConfigurationSection` has each field's default and
/// range, and `docs/CONFIGURATION.md` says the same to people.
public struct ServerConfiguration: Sendable, Equatable {
    /// Which chats are remembered.
    public struct Sessions: Sendable, Equatable {
        public var maximumCount: Int
        public var timeToLive: Duration
    }

    /// What one client may take.
    public struct Limits: Sendable, Equatable {
        public var http: HTTPLimits
        /// Requests a second of each address; nil for any number.
        public var addressRate: Double?
        /// Requests that wait for one model.
        public var queue: Int
    }

    /// A port for HTTPS.
    public struct TLS: Sendable, Equatable {
        /// A chain and its private key, both PEM files, absolute.
        public struct Certificate: Sendable, Equatable {
            public var certificate: String
            public var key: String
        }

        public var host: String
        public var port: Int
        public var certificates: [Certificate]
    }

    /// An Alexa skill to answer, and what it says that no model does.
    public struct Alexa: Sendable, Equatable {
        /// At least one.
        public var skillIDs: [String]
        /// Nil for the first model's.
        public var modelKey: String?
        public var greeting: String
        public var goodbye: String
        public var help: String
        public var reprompt: String
        public var busy: String
    }

    /// The file it was read from, as it is called in messages.
    public var file: String
    /// Where its relative paths start.
    public var folder: String
    public var host: String
    public var port: Int
    /// Whether the file says the port, which is then not just the default.
    public var statesPort: Bool
    public var models: [ModelConfiguration]
    public var apiKeys: [APIKey]
    /// Whether to listen on any address without keys.
    public var isInsecure: Bool
    /// Bytes all loaded models may take; nil for what the machine has.
    public var memoryLimit: Int?
    /// 0 for one a core.
    public var threads: Int
    /// Whether unknown keys and null bodies are answered as the original did.
    public var isCompatible: Bool
    public var sessions: Sessions
    public var allowedHosts: [String]
    public var limits: Limits
    /// Absolute; nil for `models`, `checkpoint` and the folders named here.
    public var modelRoots: [String]?
    public var corsOrigins: [String]
    /// Where prepared weights are kept; a folder is absolute.
    public var preparedWeights: PreparedWeightsPlace
    /// Bytes; 0 is off.
    public var prefixCache: Int
    public var watch: Bool
    public var tls: TLS?
    public var alexa: Alexa?
    /// What is set and this version does not act on; the server logs one line each.
    public var notices: [ConfigurationNotice]
    /// What the file was when it was read; nil where it was none.
    public var fileIdentity: FileIdentity?

    /// The fields this version checks and keeps but does not act on (of `weights` and `kv`, every
    /// value but `f32`).
    public static let notYet: Set<String> = Set(
        ConfigurationSection.allCases.flatMap { section in
            section.fields.filter { $0.notYet != nil }
                .map { section.rawValue.isEmpty ? $0.name : "\(section.rawValue).\($0.name)" }
        })
}
