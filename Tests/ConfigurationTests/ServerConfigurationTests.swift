import Chat
import Compute
import Configuration
import Crypto
import Foundation
import HTTP
import JSON
import Serving
import TestSupport
import Testing

/// Reads a configuration in a world without environment, where every file exists.
func configuration(
    _ text: String, environment: [String: String] = [:],
    fileExists: @escaping @Sendable (String) -> Bool = { _ in true },
    validateModel: @escaping @Sendable (ModelConfiguration) -> String? = { _ in nil }
) throws(ConfigurationError) -> ServerConfiguration {
    try ServerConfiguration(
        Array(text.utf8), file: "server_config.json", folder: "/etc/dixie",
        surroundings: .init(
            environment: environment, fileExists: fileExists, validateModel: validateModel))
}

@Suite struct ServerConfigurationTests {
    @Test func everyFieldHasADefault() throws {
        let server = try configuration(#"{"models": [{}]}"#)
        #expect(server.host == "127.0.0.1")
        #expect(server.port == 12345)
        #expect(server.apiKeys == [] && server.memoryLimit == nil && server.threads == 0)
        #expect(server.sessions.maximumCount == 1000)
        #expect(server.sessions.timeToLive == .seconds(3600))
        #expect(server.limits.http == HTTPLimits())
        #expect(server.tls == nil && server.alexa == nil && server.modelRoots == nil)
        #expect(server.notices == [])
        let model = try #require(server.models.first)
        #expect(model.key == "chatbot" && model.modelName == "124M" && model.restoreFrom == nil)
        #expect(model.modelsFolder == "/etc/dixie/models")
        #expect(model.sanitizer == Sanitizer(.none, names: ["user"]))
        #expect(model.persona == .init(side: 0, audience: "user"))
        #expect(model.weights == .f32 && model.timeToLive == nil && model.preload && !model.pin)
        #expect(
            model.generation
                == GenerationDefaults(
                    length: 120, temperature: 0.3, topK: 40, topP: 0.9, penalize: 0.85, stop: []))
        #expect(try configuration("{}").models == [])
    }

    @Test func theContractsExampleIsRead() throws {
        let server = try configuration(
            """
            { "host": "127.0.0.1", "port": 12345, "memory_limit": "8GB", "threads": 0,
              "api_keys": [],
              "models": [ { "key": "chatbot", "model_name": "124M",
                "restore_from": "checkpoint/run1", "sanitizer": "chatbot",
                "persona": { "side": 0, "audience": "mom" }, "names": ["mom","dad"],
                "weights": "int8", "preload": true, "pin": false, "ttl": 0,
                "generation": { "length": 120, "temperature": 0.3, "top_k": 40, "top_p": 0.9,
                                "penalize": 0.85, "stop": ["<EOM>"] } } ] }
            """)
        #expect(server.memoryLimit == 8 << 30)
        let model = try #require(server.models.first)
        #expect(model.restoreFrom == "/etc/dixie/checkpoint/run1")
        #expect(model.sanitizer == Sanitizer(.chatbot, names: ["mom", "dad"]))
        #expect(model.generation.stop == ["<EOM>"])
        #expect(model.weights == .int8)
        #expect(server.notices.isEmpty)
    }

    static let originals = """
        {
            "host": "0.0.0.0",
            "port": 12345,
            "debug": 1,
            "models": [
                {
                    "key": "chatbot",
                    "model_name": "117M",
                    "restore_from": "checkpoint/run1"COMMA
                    "sanitizer": "sanitizers.chatbot"
                }
            ]
        }
        """

    @Test func theOriginalsSampleIsReadOnceItsCommaIsThere() throws {
        let server = try configuration(
            Self.originals.replacingOccurrences(of: "COMMA", with: ","),
            environment: ["DIXIE_NAMES": "mom,"])
        #expect(server.models.first?.sanitizer == Sanitizer(.chatbotLegacy, names: ["mom", ""]))
        #expect(server.models.first?.persona.audience == "mom")
        #expect(server.models.first?.generation.stop == ["<EOM>"])
        #expect(server.notices.map(\.path) == ["debug"])
        #expect(
            ServerConfiguration.exposureFault(
                host: server.host, keys: server.apiKeys, insecure: false)
                != nil)
    }

    @Test func aMissingCommaIsNamedWithItsLine() {
        let error = faults(Self.originals.replacingOccurrences(of: "COMMA", with: ""))
        #expect(
            error?.description == """
                server_config.json:10: line 10, column 13: "," or "}" was expected here; a comma \
                is missing at the end of line 9, or a bracket does not match
                """)
    }

    @Test(arguments: ["*", "null", "s://a/", "a.test", "s://A", "://a", "http://a:80", "a://b:"])
    func whatIsNoOriginIsAFault(text: String) {
        #expect(faults(#"{"cors_origins": ["\#(text)"]}"#)?.faults.map(\.path) == ["cors_origins"])
        #expect(faults(#"{"cors_origins": ["http://localhost:3000", "app://a"]}"#) == nil)
    }

    @Test func limitsThatContradictEachOtherAreFaults() {
        let found = faults(
            #"{"limits": {"body_bytes": "2MB", "bodies_bytes": "1MB", "write_low_bytes": "1MB"}}"#)
        #expect(
            Set(found?.faults.map(\.path) ?? [])
                == ["limits.bodies_bytes", "limits.write_high_bytes"])
    }

    func faults(
        _ text: String, environment: [String: String] = [:],
        fileExists: @escaping @Sendable (String) -> Bool = { _ in true },
        validateModel: @escaping @Sendable (ModelConfiguration) -> String? = { _ in nil }
    ) -> ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try configuration(
                text, environment: environment, fileExists: fileExists, validateModel: validateModel
            )
            return nil
        } catch {
            return error
        }
    }

    @Test func everythingWrongIsReportedAtOnce() throws {
        let found = faults(
            """
            { "hots": "x",
              "port": 70000,
              "threads": "two",
              "port": 80,
              "memory_limit": "8 apples",
              "models": [
                { "key": "list", "generation": { "top_p": 1.5,
                    "temperature": null, "lenght": 5 } },
                { "key": "a b", "sanitizer": "polite" }, { "key": "" }, {},
                { "key": "same", "stop": 1 },
                { "key": "same", "restore_from": "gone", "names": ["a", 2] },
                { "key": "same" }, 5 ],
              "tls": { "certificates": [ { "certificate": "c.pem" } ] },
              "alexa": {}, "banana": 1 }
            """,
            fileExists: { _ in false },
            validateModel: { $0.restoreFrom == nil ? nil : "no such folder; make it" })
        let error = try #require(found)
        #expect(
            error.faults.map { "\($0.position.line) \($0.path)" } == [
                "1 hots", "2 port", "3 threads", "4 port", "5 memory_limit", "7 models[0].key",
                "7 models[0].generation.top_p", "8 models[0].generation.temperature",
                "8 models[0].generation.lenght", "9 models[1].key", "9 models[1].sanitizer",
                "9 models[2].key",
                "10 models[4].stop", "11 models[5].key", "11 models[5].restore_from",
                "11 models[5].names", "12 models[6].key", "12 models[7]",
                "13 tls.certificates[0].key", "13 tls.certificates[0].certificate",
                "14 alexa.skill_id", "14 banana",
            ])
        let lines = error.description.split(separator: "\n")
        #expect(lines.count == error.faults.count)
        #expect(lines[2].contains("but this is a string; write it as in \"threads\": 0"))
        #expect(
            lines[1] == """
                server_config.json:2: port must be a whole number from 0 to 65535, but this is \
                70000; write it as in "port": 12345
                """)
        #expect(lines[0].hasSuffix(#"hots is not a field; did you mean "host"?"#))
        #expect(lines[8].hasSuffix(#"is not a field; did you mean "length"?"#))
        #expect(lines[3].hasSuffix("port stands twice in one object; keep one of the two"))
        #expect(
            lines[10].contains(#"one of "none", "chatbot", "chatbot-legacy", but this is "polite""#)
        )
        #expect(lines[14].hasSuffix("cannot be served: no such folder; make it"))
    }

    @Test(arguments: ["", "[]", "5", "{", "{\"port\": 80,}", "\u{FEFF}{}", "{} x", "null"])
    func whatIsNoObjectIsRefused(text: String) {
        #expect(faults(text)?.faults.isEmpty == false)
    }

    @Test(arguments: [
        ("port", "0", "65535", ["-1", "65536", "80.0", "\"80\"", "null", "true", "1e3"]),
        ("threads", "0", "1024", ["-1", "1025", "99999999999999999999"]),
        (
            "memory_limit", "1048576", "\"1TB\"",
            ["0", "\"8XB\"", "\"\"", "\"-8GB\"", "1.5", "\"1e400GB\""]
        ),
        ("host", "\"::1\"", "\"localhost\"", ["\"\"", "5", "\"a\\u0000b\"", "[]"]),
        ("insecure", "true", "0", ["2", "\"yes\"", "null"]),
        ("allowed_hosts", "[]", "[\"a\",\"b\"]", ["\"a\"", "[1]", "[\"\"]", "{}"]),
        (
            "sessions", "{}", "{\"max\":0,\"ttl\":1}",
            ["{\"ttl\":0}", "[]", "null", "{\"maximum\":1}"]
        ),
        ("compat", "\"dixie\"", "\"off\"", ["\"on\"", "true"]),
        ("models", "[]", "[{}]", ["{}", "[[]]", "null"]),
        ("cache_dir", "null", "\"\"", ["5", "\"\\u0000\""]),
    ])
    func valuesAreHeldToTheirRanges(field: String, low: String, high: String, wrong: [String])
        throws
    {
        for value in [low, high] { _ = try configuration("{\"\(field)\": \(value)}") }
        for value in wrong {
            let found = faults("{\"\(field)\":\n\(value)}")
            let error = try #require(found, "\(field) \(value)")
            #expect(error.faults.count == 1)
            #expect(error.faults.first?.path.hasPrefix(field) == true)
            #expect(error.faults.first?.position.line == 2)
        }
    }

    @Test(arguments: [
        ("1048576", 1 << 20), ("\"1048576\"", 1 << 20), ("\"512MB\"", 512 << 20),
        ("\"1.5 GiB\"", 3 << 29), ("\"2g\"", 2 << 30), ("\"1024KB\"", 1 << 20),
    ])
    func sizesAreReadAsPeopleWriteThem(size: String, bytes: Int) throws {
        #expect(try configuration("{\"memory_limit\": \(size)}").memoryLimit == bytes)
    }

    @Test(arguments: [
        ("length", "1", "4096", "0"), ("temperature", "0", "5", "5.1"),
        ("top_k", "0", "1000", "-1"),
        ("top_p", "0", "1", "1.01"), ("penalize", "0", "1", "-0.1"),
        ("stop", "[]", "[\"a\"]", "[\"\"]"),
    ])
    func generationIsHeldToItsRanges(field: String, low: String, high: String, wrong: String) throws
    {
        let text = { (value: String) in
            "{\"models\": [{\"generation\": {\"\(field)\": \(value)}}]}"
        }
        _ = try configuration(text(low))
        _ = try configuration(text(high))
        #expect(faults(text(wrong))?.faults.map(\.path) == ["models[0].generation.\(field)"])
    }

    @Test func everyChoiceOfEveryFieldIsTaken() throws {
        let sections: [ConfigurationSection] = [.server, .model]
        for section in sections {
            for field in section.fields {
                guard case .choice(let names) = field.kind else { continue }
                for name in names {
                    let object = "{\"\(field.name)\": \"\(name)\"}"
                    _ = try configuration(section == .model ? "{\"models\":[\(object)]}" : object)
                }
            }
        }
    }

    @Test(arguments: [
        ("\"none\"", Sanitizer.Rules.none, [String]()), ("\"chatbot\"", .chatbot, ["<EOM>"]),
        ("\"chatbot-legacy\"", .chatbotLegacy, ["<EOM>"]),
        ("\"sanitizers.chatbot\"", .chatbotLegacy, ["<EOM>"]), ("null", .chatbotLegacy, ["<EOM>"]),
    ])
    func sanitizersAreTakenAsTheOriginalTookThem(
        value: String, rules: Sanitizer.Rules, stop: [String]
    ) throws {
        let model = try configuration("{\"models\": [{\"sanitizer\": \(value)}]}").models.first
        #expect(model?.sanitizer.rules == rules)
        #expect(model?.generation.stop == stop)
    }

    @Test func compatTurnsTheOriginalsQuirksOn() throws {
        let models = try configuration(
            """
            { "compat": "dixie", "models": [ { "key": "a", "sanitizer": "chatbot" },
              { "key": "b", "sanitizer": "chatbot", "compat": "off" },
              { "key": "c", "sanitizer": "chatbot", "generation": { "stop": ["x"] } } ] }
            """
        ).models
        #expect(models.map(\.isCompatible) == [true, false, true])
        #expect(models.map(\.sanitizer.rules) == [.chatbotLegacy, .chatbot, .chatbotLegacy])
        #expect(models.map(\.generation.stop) == [[], ["<EOM>"], ["x"]])
    }

    @Test func pathsStartAtTheConfigurationsFolder() throws {
        let server = try configuration(
            """
            { "model_roots": ["m", "/abs"], "cache_dir": "c", "models": [
              { "key": "a", "model_name": "./mine", "restore_from": "/abs/run" } ] }
            """)
        #expect(server.modelRoots == ["/etc/dixie/m", "/abs"])
        #expect(server.preparedWeights == .folder("/etc/dixie/c"))
        #expect(server.models.first?.modelName == "/etc/dixie/./mine")
        #expect(server.models.first?.restoreFrom == "/abs/run")
    }

    @Test(arguments: [
        ("{}", PreparedWeightsPlace.besideCheckpoint), (#"{"cache_dir": null}"#, .besideCheckpoint),
        (#"{"cache_dir": ""}"#, .nowhere), (#"{"cache_dir": "/c"}"#, .folder("/c")),
    ])
    func preparedWeightsAreKeptWhereItSays(text: String, place: PreparedWeightsPlace) throws {
        #expect(try configuration(text).preparedWeights == place)
    }

    @Test func fieldsOfLaterVersionsAreKeptAndSaid() throws {
        let server = try configuration(
            """
            { "tls": { "certificates": [{ "certificate": "c.pem", "key": "k.pem" }] },
              "watch": true,
              "cors_origins": [], "models": [{ "kv": "bf16", "draft": "small", "weights": "f32" }] }
            """)
        #expect(server.tls?.port == 443)
        #expect(server.tls?.certificates.first?.key == "/etc/dixie/k.pem")
        #expect(server.watch)
        #expect(server.notices.map(\.path) == ["models[0].draft"])
        #expect(ServerConfiguration.notYet.isSuperset(of: ["models[].draft", "debug"]))
    }

    @Test func aFileIsReadAndItsFolderIsWherePathsStart() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(#"{"models": [{"restore_from": "run"}]}"#, to: "c.json")
        let surroundings = ServerConfiguration.Surroundings(environment: [:])
        let server = try ServerConfiguration(path: path, surroundings: surroundings)
        #expect(server.models.first?.restoreFrom == folder.path("run"))
        for wrong in [folder.path("none.json"), folder.path, "/dev/zero"] {
            #expect(throws: ConfigurationError.self) {
                try ServerConfiguration(path: wrong, surroundings: surroundings)
            }
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.8.8", true), ("localhost", true), ("LOCALHOST", true),
        ("::1", true), ("[::1]", true), ("0.0.0.0", false), ("::", false), ("10.0.0.1", false),
        ("127.0.0.1.example.com", false), ("127.example.com", false), ("127.0.0.+1", false),
        ("", false),
    ])
    func onlyLoopbackIsOpenWithoutKeys(host: String, isFine: Bool) throws {
        #expect(ServerConfiguration.isLoopback(host) == isFine)
        let fault = ServerConfiguration.exposureFault(host: host, keys: [], insecure: false)
        #expect((fault == nil) == isFine)
        #expect(ServerConfiguration.exposureFault(host: host, keys: [], insecure: true) == nil)
        let keys = try configuration(#"{"api_keys": ["k"]}"#).apiKeys
        #expect(ServerConfiguration.exposureFault(host: host, keys: keys, insecure: false) == nil)
    }
}

@Suite struct APIKeyTests {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func keysOfEveryKindAreHashed() throws {
        let keys = try configuration(
            """
            { "api_keys": [ "plain", { "env": "KEY", "scopes": ["infer"] },
              { "id": "kitchen", "sha256": "\(abc)", "models": ["chatbot"], "rps": 0.5, "tpm": 9 } ] }
            """, environment: ["KEY": "secret"]
        ).apiKeys
        #expect(keys.map(\.id) == ["key-1", "key-2", "kitchen"])
        #expect(
            keys.map(\.hash) == [
                try .init(hashing: "plain"), try .init(hashing: "secret"),
                try .init(hashing: "abc"),
            ])
        #expect(keys.map(\.scopes) == [[.infer, .admin], [.infer], [.infer, .admin]])
        #expect(keys.map(\.models) == [nil, nil, ["chatbot"]])
        #expect(keys.last?.requestsPerSecond == 0.5 && keys.last?.tokensPerMinute == 9)
    }

    @Test(arguments: [
        ("\"\"", "api_keys[0]"), ("\"hidden key\"", "api_keys[0]"), ("5", "api_keys[0]"),
        ("{\"env\": \"NONE\"}", "api_keys[0].env"), ("{}", "api_keys[0].sha256"),
        ("{\"env\": \"BAD\"}", "api_keys[0].env"),
        ("{\"sha256\": \"hidden key\", \"id\": \"a\"}", "api_keys[0].sha256"),
        ("{\"env\": \"KEY\", \"scopes\": [\"all\"]}", "api_keys[0].scopes"),
        ("{\"env\": \"KEY\", \"key\": 1}", "api_keys[0].key"),
        ("{\"env\": \"KEY\", \"rps\": 0}", "api_keys[0].rps"),
        ("\"key\", {\"env\": \"KEY\"}", "api_keys[1]"),
        ("{\"env\": \"KEY\", \"id\": \"a\"}, {\"env\": \"OTHER\", \"id\": \"a\"}", "api_keys[1]"),
    ])
    func whatIsNoKeyIsRefusedWithoutSayingIt(entries: String, path: String) throws {
        let environment = ["KEY": "key", "OTHER": "other", "BAD": "hidden key"]
        do throws(ConfigurationError) {
            _ = try configuration("{\"api_keys\": [\(entries)]}", environment: environment)
            Issue.record("accepted")
        } catch {
            #expect(error.faults.map(\.path) == [path])
            #expect(!error.description.contains("hidden"))
        }
    }

    @Test func aHashNeedsAnIdAndStandsAlone() {
        for entry in [
            "{\"sha256\": \"\(abc)\"}", "{\"sha256\": \"\(abc)\", \"id\": \"a\", \"env\": \"K\"}",
        ] {
            #expect(throws: ConfigurationError.self) {
                try configuration("{\"api_keys\": [\(entry)]}", environment: ["K": "k"])
            }
        }
    }
}
