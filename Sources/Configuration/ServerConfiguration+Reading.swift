import Chat
import Foundation
import JSON
import Serving

extension ServerConfiguration {
    /// What a configuration is checked against besides itself.
    public struct Surroundings: Sendable {
        public var environment: [String: String]
        public var fileExists: @Sendable (String) -> Bool
        /// Says what is wrong with a model's files and what to do about it, as
        /// `no such folder: /m; download it with: dixie download 124M`; nil when they are there.
        public var validateModel: @Sendable (ModelConfiguration) -> String?
        /// Says why a certificate whose files are there cannot be shown; nil when it can.
        public var validateCertificate: @Sendable (TLS.Certificate) -> String?
        /// Whether a server is to be opened. A program that only runs the models reads neither keys
        /// nor certificates, which may be out of its reach.
        public var opensServer: Bool

        public init(
            environment: [String: String] = ProcessInfo.processInfo.environment,
            fileExists: @escaping @Sendable (String) -> Bool = {
                FileManager.default.isReadableFile(atPath: $0)
            },
            validateModel: @escaping @Sendable (ModelConfiguration) -> String? = { _ in nil },
            validateCertificate: @escaping @Sendable (TLS.Certificate) -> String? = { _ in nil },
            opensServer: Bool = true
        ) {
            self.environment = environment
            self.fileExists = fileExists
            self.validateModel = validateModel
            self.validateCertificate = validateCertificate
            self.opensServer = opensServer
        }
    }

    /// The largest file that is read.
    public static let maximumBytes = 4 << 20

    /// Reads and checks a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - surroundings: what to check it against.
    /// - Throws: `ConfigurationError` with everything that is wrong.
    public init(path: String, surroundings: Surroundings) throws(ConfigurationError) {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        let refuse = { (reason: String, remedy: String) in
            ConfigurationError(
                file: path,
                faults: [ConfigurationFault(at: .none, path: "", reason, remedy: remedy)])
        }
        let file = url.resolvingSymlinksInPath()
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        guard let attributes else {
            throw refuse(
                "there is no such file", "copy server_config.json.sample, or give --config_path")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw refuse("this is not a file", "give the file itself with --config_path")
        }
        guard let size = attributes[.size] as? Int, size <= Self.maximumBytes else {
            throw refuse(
                "the file is larger than \(ByteSize.text(Self.maximumBytes))",
                "see that it is the right one")
        }
        let identity = FileIdentity(file.path)
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw refuse("the file cannot be read", "see who may read it, with: ls -l")
        }
        try self.init(
            [UInt8](data), file: path, folder: url.deletingLastPathComponent().path,
            surroundings: surroundings)
        fileIdentity = identity
    }

    /// Reads and checks a configuration's text.
    ///
    /// - Parameters:
    ///   - bytes: the text.
    ///   - file: what messages call it.
    ///   - folder: where relative paths start, absolute.
    ///   - surroundings: what to check it against.
    /// - Throws: `ConfigurationError` with everything that is wrong; a text that is not JSON has
    ///   its first fault only.
    public init(
        _ bytes: [UInt8], file: String, folder: String, surroundings: Surroundings
    ) throws(ConfigurationError) {
        let findings = ConfigurationFindings()
        let value = try Self.parse(bytes, file: file, findings: findings)
        let reader = SectionReader(.server, value, path: "", findings: findings)
        self.init(reader, file: file, folder: folder, surroundings: surroundings)
        guard findings.faults.isEmpty else {
            throw ConfigurationError(file: file, faults: findings.faults)
        }
        notices = findings.notices.sorted {
            ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
        }
    }

    private init(
        _ reader: SectionReader, file: String, folder: String, surroundings: Surroundings
    ) {
        self.file = file
        self.folder = folder
        host = reader.text("host")
        port = reader.integer("port")
        statesPort = reader.has("port")
        apiKeys =
            surroundings.opensServer
            ? APIKey.read(reader, environment: surroundings.environment) : []
        isInsecure = reader.flag("insecure")
        memoryLimit = reader.optionalSize("memory_limit")
        threads = reader.integer("threads")
        isCompatible = reader.text("compat") == "dixie"
        sessions = Sessions(reader.section("sessions"))
        allowedHosts = reader.texts("allowed_hosts")
        limits = Limits(reader.section("limits"))
        modelRoots = reader.paths("model_roots", from: folder)
        corsOrigins = Self.corsOrigins(reader)
        preparedWeights = Self.preparedWeights(reader, folder: folder)
        prefixCache = reader.size("prefix_cache")
        watch = reader.flag("watch")
        tls =
            surroundings.opensServer
            ? TLS.read(reader, folder: folder, surroundings: surroundings) : nil
        _ = reader.flag("debug")
        notices = []
        models = Self.models(
            reader, folder: folder, isCompatible: isCompatible, surroundings: surroundings)
        alexa = Alexa.read(reader, modelKeys: models.map(\.key))
    }

    private static func models(
        _ reader: SectionReader, folder: String, isCompatible: Bool, surroundings: Surroundings
    ) -> [ModelConfiguration] {
        let names = surroundings.environment["DIXIE_NAMES"].map(Sanitizer.names(in:))
        var keys: Set<String> = []
        return reader.entries("models").compactMap { value, path in
            let entry = SectionReader(.model, value, path: path, findings: reader.findings)
            guard value.object != nil else { return nil }
            let model = ModelConfiguration(
                entry, folder: folder, isCompatible: isCompatible, environmentNames: names)
            // A key that was refused has been read as the default, which nobody wrote.
            let isRefused = entry.has("key") && entry.value("key")?.string != model.key
            if !isRefused, !keys.insert(model.key).inserted {
                entry.fault(
                    "key", "is \"\(model.key)\", as a model above is called already",
                    remedy: "give every model its own key")
            }
            if let problem = surroundings.validateModel(model) {
                let parts = problem.split(separator: "; ", maxSplits: 1)
                entry.fault(
                    entry.has("restore_from") ? "restore_from" : "model_name",
                    "cannot be served: \(parts.first ?? "")",
                    remedy: parts.count > 1 ? String(parts[1]) : "see to the model's files")
            }
            return model
        }
    }

    private static func corsOrigins(_ reader: SectionReader) -> [String] {
        let origins = reader.texts("cors_origins")
        if !origins.allSatisfy(WebOrigin.isOne) {
            reader.fault(
                "cors_origins", "has an entry that is no web origin",
                remedy: """
                    write scheme, host and, if it is not the usual one, port, in small letters and with \
                    nothing after, as in "https://example.org"
                    """)
        }
        return origins
    }

    private static func preparedWeights(
        _ reader: SectionReader, folder: String
    ) -> PreparedWeightsPlace {
        guard let path = reader.optionalText("cache_dir") else { return .besideCheckpoint }
        return path.isEmpty ? .nowhere : .folder(SectionReader.absolute(path, from: folder))
    }
}
