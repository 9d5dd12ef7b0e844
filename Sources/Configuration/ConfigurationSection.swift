import JSON

/// The fields an object of `server_config.json` may have.
public enum ConfigurationSection: String, Sendable, CaseIterable {
    case server = ""
    case apiKey = "api_keys[]"
    case model = "models[]"
    case persona = "models[].persona"
    case generation = "models[].generation"
    case limits
    case sessions
    case tls
    case certificate = "tls.certificates[]"
    case alexa

    /// Every field, in the order of the documentation.
    public var fields: [ConfigurationField] {
        switch self {
        case .server: Self.serverFields
        case .apiKey: Self.apiKeyFields
        case .model: Self.modelFields
        case .persona: Self.personaFields
        case .generation: Self.generationFields
        case .limits: Self.limitsFields
        case .sessions: Self.sessionsFields
        case .tls: Self.tlsFields
        case .certificate: Self.certificateFields
        case .alexa: Self.alexaFields
        }
    }

    private static let serverFields: [ConfigurationField] = [
        .init("host", .text(1...253), "127.0.0.1", "The address to listen on."),
        .init("port", .integer(0...65535), 12345, "The port to listen on; 0 takes any free one."),
        .init("models", .objects(count: 0...1000), [], "The models; see below."),
        .init(
            "api_keys", .objects(count: 0...10_000), [],
            """
            Who may call: a key itself, `{"env": "NAME"}` for one in the environment, or an object \
            with its hash; see below. None lets everyone who reaches the port in.
            """),
        .init(
            "insecure", .flag, false,
            "Lets a server without keys listen on an address that other machines reach."),
        .init(
            "memory_limit", .size(1 << 20...1 << 50), nil, meaning: "what the machine has",
            example: "8GB",
            """
            How much memory loaded models may take together. Where another does not fit, those that \
            nobody uses make room, the longest unused first. The caches of replies come on top, and up \
            to 128 MB of those that have ended, kept for the next.
            """),
        .init("threads", .integer(0...1024), 0, "Threads that compute; 0 takes one for each core."),
        .init(
            "compat", .choice(["dixie", "off"]), "off",
            """
            `dixie` is every model's default `compat`, and answers unknown keys and null bodies as \
            the original did.
            """),
        .init("sessions", .object(.sessions), [:], "Which chats are remembered; see below."),
        .init(
            "allowed_hosts", .texts(count: 0...64, bytes: 1...253), [],
            "Names that a request's `Host` may have besides localhost."),
        .init(
            "limits", .object(.limits), [:], "What one client may take; see below."),
        .init(
            "model_roots", .paths(count: 0...64), nil,
            meaning: "`models`, `checkpoint` and what is named here",
            example: ["models"], "The folders that paths in calls must stay under."),
        .init(
            "cors_origins", .texts(count: 0...64, bytes: 1...512), [],
            "Web origins whose pages may call, as `https://example.org`; none by default."),
        .init(
            "cache_dir", .text(0...4096), nil, meaning: "beside each checkpoint", example: "cache",
            """
            The folder where weights are kept in the form they serve in, so that the next load \
            takes milliseconds; a relative path starts at the file's own folder, and `""` keeps none.
            """),
        .init(
            "prefix_cache", .size(0...1 << 50), "256MB",
            """
            Memory for what was computed for earlier prompts and replies: one that begins as they \
            do goes on from there. Never shared between API keys. 0 turns it off.
            """),
        .init(
            "watch", .flag, false,
            "Reads this file again when it changes, as SIGHUP and `POST /admin/reload` have it read."
        ),
        .init(
            "tls", .object(.tls), nil, meaning: "none", example: ["port": 443],
            "A port for HTTPS beside the plain one; see below."),
        .init(
            "alexa", .object(.alexa), nil, meaning: "none",
            example: ["skill_id": "amzn1.ask.skill.1"], "An Alexa skill to answer; see below."),
        .init(
            "debug", .flag, false, "Accepted from the original's configurations.",
            notYet: "it does nothing here"),
    ]

    private static let sessionsFields: [ConfigurationField] = [
        .init(
            "max", .integer(0...1_000_000), 1000, "How many; the least recently used goes first."),
        .init("ttl", .integer(1...2_592_000), 3600, "Seconds without use until one is forgotten."),
    ]

    private static let tlsFields: [ConfigurationField] = [
        .init(
            "host", .text(1...253), nil, meaning: "`host` of the server", example: "0.0.0.0",
            """
            The address to listen on for HTTPS: with `host` of the server at 127.0.0.1, others can \
            come in by HTTPS only.
            """),
        .init("port", .integer(0...65535), 443, "The port for HTTPS."),
        .init(
            "certificates", .objects(count: 1...64), nil, meaning: "must be there",
            example: [["certificate": "chain.pem", "key": "key.pem"]],
            "The certificates; the name the client asks for picks one."),
    ]

    private static let certificateFields: [ConfigurationField] = [
        .init(
            "certificate", .path, nil, meaning: "must be there", example: "chain.pem",
            "The chain in PEM, the server's own certificate first."),
        .init(
            "key", .path, nil, meaning: "must be there", example: "key.pem",
            "Its private key in PEM."),
    ]

    private static let apiKeyFields: [ConfigurationField] = [
        .init(
            "env", .text(1...256), nil, meaning: "none", example: "DIXIE_KEY",
            "The environment variable that holds the key. Either this or `sha256`."),
        .init(
            "sha256", .text(64...64), nil, meaning: "none",
            example: .string(String(repeating: "0", count: 64)),
            "The key's SHA-256 in hex (`dixie key` makes one). Needs an `id`."),
        .init(
            "id", .identifier, nil, meaning: "`key-N` for the Nth entry", example: "kitchen",
            "What logs call it."),
        .init(
            "scopes", .choices(APIKey.Scope.allCases.map(\.rawValue)), ["infer", "admin"],
            "What it may do."),
        .init(
            "models", .identifiers(count: 1...1000), nil, meaning: "every model",
            example: ["chatbot"], "The models it may use."),
        .init(
            "rps", .number(0.001...1_000_000), nil, meaning: "no limit", example: 10,
            "Requests a second; a second's worth may come at once."),
        .init(
            "tpm", .integer(1...1_000_000_000), nil, meaning: "no limit", example: 10_000,
            "Tokens a minute, prompts and replies together."),
    ]
}
