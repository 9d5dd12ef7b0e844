import Chat
import Configuration
import Foundation
import GPT2
import JSON
import Serving

@testable import API

extension FuzzTarget {
    /// What is read, written and read again is the same.
    static let json = FuzzTarget("json") { bytes in
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch let error as JSONError {
            _ = error.description
            return
        }
        let again = try JSONParser.parse(Array(value.serialized.utf8))
        try Finding.unless(again == value, "written and read again, it is another value")
    }

    /// A body as each dialect reads it, up to where a model is needed.
    static let apiRequest = FuzzTarget("api_request") { bytes in
        do {
            let fields = try RequestFields(bytes)
            try read(fields) {
                _ = try Invocations.prompt(fields)
                let options = try ReplyOptions(fields)
                try Finding.unless(
                    options.temperature.map { (0...5).contains($0) } ?? true,
                    "a temperature out of its range")
            }
            try read(fields) {
                let wanted = try Completions.Wanted(OpenAIFields(bytes))
                try Finding.unless(
                    wanted.options.logitBias.values.allSatisfy { abs($0) <= 100 },
                    "a bias out of its range")
            }
        } catch let error as APIError {
            _ = error.response
        }
    }

    private static func read(_ fields: RequestFields, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as APIError {
            try Finding.unless(error.status == 400, "a body is answered with \(error.status)")
            _ = error.response
        }
    }

    /// The server's configuration, in a world where every file is there.
    static let serverConfiguration = FuzzTarget("server_configuration") { bytes in
        let surroundings = ServerConfiguration.Surroundings(
            environment: ["DIXIE_NAMES": "mom,dad"], fileExists: { _ in true })
        do {
            _ = try ServerConfiguration(
                bytes, file: "server_config.json", folder: "/etc/dixie",
                surroundings: surroundings)
        } catch let error as ConfigurationError {
            try Finding.unless(!error.faults.isEmpty, "refused without a fault")
            _ = error.faults.map { $0.line(in: "server_config.json") }
        }
    }

    /// A model's `config.json` or `hparams.json`.
    static let modelConfiguration = FuzzTarget("model_configuration") { bytes in
        let folder = try MemoryFolder()
        do {
            _ = try Hyperparameters(contentsOf: folder.write(bytes, "config.json"))
        } catch let error as GPT2Error {
            _ = error.description
        }
    }
}
