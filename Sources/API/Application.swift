import Chat
import Compute
import Configuration
import Crypto
import Foundation
import HTTP
import Logging
import Serving
import Synchronization

/// The whole server: a configuration put together, started, reloaded and stopped.
public final class Application: Sendable {
    /// What the command line says over the configuration.
    public struct Options: Sendable {
        public var configurationPath: String
        /// A folder whose models are served, or whose own `server_config.json` is read, instead;
        /// nil, or a folder without either, leaves the configuration to `configurationPath`.
        public var mountedModels: String?
        /// Whether there are no models but those that are mounted or come by calls, and no file is read.
        public var startsEmpty = false
        /// Where paths in calls may lead besides, absolute.
        public var modelRoots: [String] = []
        public var host: String?
        public var port: Int?
        /// The port where neither `port` nor the configuration says one.
        public var fallbackPort: Int?
        /// Whether other machines may be let in without a key.
        public var isInsecure = false
        /// Whether SageMaker loads and unloads models here, who then needs no key for it.
        public var isMultiModel = false
        /// Of the program, for who asks what runs here.
        public var version = ""
        /// Whether to serve `POST /echo`.
        public var echoes = false

        public init(configurationPath: String) { self.configurationPath = configurationPath }
    }

    /// Where the server is, and whom one can ask there.
    public struct Address: Sendable {
        public let host: String
        /// The port in fact, where 0 was asked for.
        public let port: Int
        /// That of HTTPS; nil without.
        public let securePort: Int?
        public let modelKeys: [String]
        /// Whether one must show a key.
        public let needsKey: Bool
    }

    private let options: Options
    /// What it was started with; a reload changes models, keys, the skill and `compat` only.
    private let started: ServerConfiguration
    private let host: String
    private let logger: Logger
    let engine: Engine
    let registry: ModelRegistry<ModelConfiguration>
    private let gatekeeper: Gatekeeper
    private let crossOrigin: CrossOriginPolicy
    private let settings: CompatibilitySettings
    private let readiness = Readiness()
    /// What it answers.
    let routes: [Route]
    private let http: HTTPServer
    private let certificates: ServerCertificates?
    private let administration: Administration
    private let callFolders: CallFolders
    let alexa: AlexaSkill
    private let watch = Mutex<FileWatch?>(nil)
    /// Where models are loaded at start.
    private let starting = DispatchQueue(label: "dixie.start")
    /// One reload at a time, whoever asks for it.
    private let reloading = DispatchQueue(label: "dixie.reload", qos: .utility)

    /// Reads the configuration and puts the rooms together; nothing listens yet.
    ///
    /// - Throws: `ConfigurationError` with everything that is wrong.
    public convenience init(_ options: Options, logger: Logger) throws {
        try self.init(options, logger: logger, alexa: .real)
    }

    /// The same in another world.
    ///
    /// - Parameters:
    ///   - options: what the command line says.
    ///   - logger: gets all there is to say.
    ///   - surroundings: what of the world a skill needs.
    /// - Throws: `ConfigurationError` with everything that is wrong.
    init(_ options: Options, logger: Logger, alexa surroundings: AlexaSurroundings) throws {
        limitFreedMemory()
        // A model may be being loaded, and its weights hashed, when the server is told to end.
        CryptoLibrary.outliveExit()
        let configuration = try Self.configuration(options)
        self.options = options
        self.logger = logger
        started = configuration
        host = options.host ?? configuration.host
        configuration.logNotices(to: logger)
        registry = ModelRegistry(
            try configuration.specifications(),
            loader: ModelLoader(configuration.preparedWeights) { logger.warning("\($0)") },
            budget: configuration.memoryBudget,
            onUnload: { logger.info("unloaded", metadata: ["models": "\($0)"]) })
        var limits = Scheduler.Limits()
        limits.waiting = configuration.limits.queue
        engine = Engine(
            pool: ThreadPool(threadCount: configuration.threads), limits: limits,
            prefixCache: configuration.prefixCache)
        gatekeeper = Gatekeeper(
            configuration.apiKeys, addressRate: configuration.limits.addressRate)
        crossOrigin = CrossOriginPolicy(configuration.corsOrigins)
        settings = CompatibilitySettings(registry, isCompatible: configuration.isCompatible)
        let worker = WorkerQueue("dixie.requests", .userInitiated, limit: 256)
        let metrics = RequestMetrics()
        let replier = Replier(
            registry: registry, engine: engine,
            sessions: ChatSessions(
                maximumCount: configuration.sessions.maximumCount,
                timeToLive: configuration.sessions.timeToLive),
            worker: worker, logger: logger)
        var routes = Invocations(replier, settings).routes
        routes += OriginalRoutes(registry, replier.inferences, settings, logger).routes
        routes += Completions(replier, settings).routes
        routes += ChatCompletions(replier, settings).routes
        routes += Responses(replier, settings).routes
        routes += OllamaReplies(replier, registry, settings).routes
        routes += OllamaModels(registry, settings, started: Date()).routes
        routes += OpenAIModels(settings, created: Int(Date().timeIntervalSince1970)).routes
        routes += HealthRoutes(readiness).routes
        routes += try PageRoutes().routes
        routes += Personas(registry, settings).routes
        routes += ModelListing(registry, settings).routes
        routes.append(
            MetricsPage(metrics, engine, registry, version: options.version).route)
        callFolders = CallFolders(configuration.callFolders(besides: options.modelRoots))
        let changes = ChangeQueue(logger: logger)
        administration = Administration(
            registry, settings, callFolders, changes, logger: logger)
        routes += administration.routes
        routes +=
            SageMaker(
                registry, settings, callFolders, changes, isPlatform: options.isMultiModel
            ).routes
        alexa = AlexaSkill(
            replier, settings, worker: worker, configuration.alexa, surroundings, logger: logger)
        routes += alexa.routes
        routes += TrainingRuns { [callFolders] in callFolders.places }.routes
        if options.echoes { routes.append(EchoRoute.route) }
        self.routes = routes
        var http = HTTPServer.Configuration()
        http.limits = configuration.limits.http
        certificates = try configuration.tls.map { ServerCertificates(try $0.context()) }
        self.http = try HTTPServer(
            configuration: http,
            handler: Router(
                routes, gatekeeper: gatekeeper, crossOrigin: crossOrigin, worker: worker,
                fullness: { replier.fullness() }, metrics: metrics, logger: logger),
            logger: logger)
        administration.onReload { [weak self] in try self?.reloaded() }
    }

    /// Checks a configuration as starting with it would.
    ///
    /// - Returns: the file, and the keys of its models.
    /// - Throws: `ConfigurationError` with everything that is wrong.
    public static func check(_ options: Options) throws -> (file: String, modelKeys: [String]) {
        let configuration = try configuration(options)
        return (configuration.file, configuration.models.map(\.key))
    }

    /// Reads the configuration; the bound hosts are where the server listens already, whatever the file
    /// says now.
    private static func configuration(
        _ options: Options, boundHost: String? = nil, boundSecureHost: String? = nil
    ) throws(ConfigurationError) -> ServerConfiguration {
        let configuration = try ServerConfiguration.checked(
            options.startsEmpty ? nil : options.configurationPath, mounted: options.mountedModels)
        let hosts = [
            boundHost ?? options.host ?? configuration.host, boundSecureHost,
            configuration.tls?.host,
        ]
        let faults = hosts.compactMap(\.self).compactMap {
            ServerConfiguration.exposureFault(
                host: $0, keys: configuration.apiKeys,
                insecure: options.isInsecure || configuration.isInsecure)
        }
        if let fault = faults.first {
            throw ConfigurationError(file: configuration.file, faults: [fault])
        }
        return configuration
    }

    private static func port(_ options: Options, _ configuration: ServerConfiguration) -> Int {
        if let port = options.port { return port }
        let isDefault = !configuration.statesPort
        return isDefault ? options.fallbackPort ?? configuration.port : configuration.port
    }

    /// What `Host` may say at one of the addresses that are listened at: where only this machine can
    /// reach it, no other name is answered, so that a page in a browser cannot reach it by one that it
    /// has made point here.
    private static func allowedHosts(
        _ configuration: ServerConfiguration, at host: String
    ) -> Set<String>? {
        let isReached = !ServerConfiguration.isLoopback(host)
        if isReached, configuration.allowedHosts.isEmpty { return nil }
        return HTTPServer.Configuration.loopbackHosts.union(configuration.allowedHosts).union([host]
        )
    }
}

// MARK: - Running

extension Application {
    /// Listens, loads what is to be loaded at start, and serves until it is stopped, which it may be before
    /// everything is loaded.
    ///
    /// - Parameter whenReady: called once when everything is loaded, on another thread.
    /// - Throws: `HTTPServerError` where it cannot listen, `ServingError` where a model to be
    ///   preloaded cannot be.
    public func run(whenReady: @escaping @Sendable (Address) -> Void) throws {
        let stopped = DispatchSemaphore(value: 0)
        let signals = Signals(
            reload: { [self] in reload() }, stop: { [self] in stop { stopped.signal() } })
        defer { signals.ignore() }
        let failure = Mutex<(any Error)?>(nil)
        // Loading takes a while, and who stops the server meanwhile does not wait for it.
        starting.async { [self] in
            do {
                if let address = try start() { whenReady(address) }
            } catch {
                // Who stops it before it listens has not met with an error.
                guard readiness.state != .stopping else { return }
                failure.withLock { $0 = error }
                stop { stopped.signal() }
            }
        }
        stopped.wait()
        if let error = failure.withLock({ $0 }) { throw error }
        logger.info("stopped")
    }

    /// Listens, and loads what is to be loaded at start.
    ///
    /// - Returns: where the server is; nil where it was stopped meanwhile.
    func start() throws -> Address? {
        let port = try http.start(
            host: host, port: Self.port(options, started),
            allowedHosts: Self.allowedHosts(started, at: host))
        logger.info("listening", metadata: ["host": "\(host)", "port": "\(port)"])
        let securePort = try startTLS()
        if started.watch { startWatch() }
        try preload()
        readiness.become(.ready)
        guard readiness.state == .ready else { return nil }
        return Address(
            host: host, port: port, securePort: securePort, modelKeys: registry.keys,
            needsKey: !started.apiKeys.isEmpty)
    }

    private func startTLS() throws -> Int? {
        guard let tls = started.tls, let certificates else { return nil }
        let port = try http.start(
            host: tls.host, port: tls.port, certificates: certificates,
            allowedHosts: Self.allowedHosts(started, at: tls.host))
        logger.info("listening for HTTPS", metadata: ["host": "\(tls.host)", "port": "\(port)"])
        return port
    }

    private func preload() throws {
        for model in started.models where model.preload {
            guard readiness.state == .loading else { return }
            let start = ContinuousClock.now
            let served: ModelRegistry<ModelConfiguration>.Served
            do {
                guard let loaded = try registry.preload(model.key) else {
                    logger.warning(
                        "a model is not loaded yet, as it does not fit into memory beside the others",
                        metadata: ["model": "\(model.key)"])
                    continue
                }
                served = loaded
            } catch ServingError.unknownModel {
                // A reload has taken it out meanwhile.
                continue
            }
            logger.info(
                "loaded",
                metadata: [
                    "model": "\(model.key)", "version": "\(served.version.name)",
                    "bytes": "\(served.version.byteCount)",
                    "prepared": "\(served.version.wasPrepared)",
                    "seconds": "\(Self.seconds(since: start))",
                ])
        }
    }

    private func startWatch() {
        let watch = FileWatch(started.file, since: started.fileIdentity) { [weak self] in
            self?.reload()
        }
        if watch == nil {
            let reason = String(cString: strerror(errno))
            logger.warning("the configuration cannot be watched", metadata: ["reason": "\(reason)"])
        }
        self.watch.withLock { $0 = watch }
    }

    /// Reads the configuration again; a fault, or a model that cannot be loaded, is logged.
    func reload() {
        do {
            _ = try reloaded()
        } catch {
            logger.error("the configuration was not reloaded; everything stays as it was\n\(error)")
        }
    }

    /// Reads the configuration again and exchanges what has changed in its models, keys, certificates,
    /// skill and `compat`.
    ///
    /// - Returns: what has.
    /// - Throws: a fault, or why a model cannot be loaded; everything then stays as it was.
    private func reloaded() throws -> ModelRegistry<ModelConfiguration>.Change {
        try reloading.sync { try readAgain() }
    }

    private func readAgain() throws -> ModelRegistry<ModelConfiguration>.Change {
        let start = ContinuousClock.now
        let new = try Self.configuration(
            options, boundHost: host, boundSecureHost: started.tls?.host)
        let context = try new.tls?.context()
        let change = try registry.replaceAll(try new.specifications())
        gatekeeper.replace(new.apiKeys)
        crossOrigin.replace(new.corsOrigins)
        if let context { certificates?.replace(context) }
        settings.replace(isCompatible: new.isCompatible)
        callFolders.replace(new.callFolders(besides: options.modelRoots))
        alexa.replace(new.alexa)
        new.logNotices(to: logger)
        if started.needsRestart(for: new) {
            logger.notice(
                """
                host, port, threads, limits, sessions, allowed_hosts, cache_dir, prefix_cache, \
                memory_limit, watch and where HTTPS is listened for change at a restart
                """)
        }
        logger.notice(
            "reloaded",
            metadata: [
                "added": "\(change.added)", "removed": "\(change.removed)",
                "swapped": "\(change.swapped)", "seconds": "\(Self.seconds(since: start))",
            ])
        return change
    }

    /// Takes no more connections, lets running replies finish, and ends. Asked again, it ends at
    /// once.
    func stop(_ completion: @escaping @Sendable () -> Void) {
        let isFirst = readiness.state != .stopping
        readiness.become(.stopping)
        guard isFirst else {
            http.stop(grace: .zero) {}
            return
        }
        logger.info("stopping; replies under way are finished")
        http.stop { [engine] in
            engine.stop()
            completion()
        }
    }

    static func seconds(since start: ContinuousClock.Instant) -> String {
        String(format: "%.3f", (ContinuousClock.now - start) / .seconds(1))
    }
}
