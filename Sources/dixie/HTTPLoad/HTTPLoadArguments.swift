import ArgumentParser

/// What `dixie bench http` is told besides the number of tokens.
struct HTTPLoadArguments: ParsableArguments {
    /// In which words a reply is asked for.
    enum Dialect: String, ExpressibleByArgument, CaseIterable {
        case completions, invocations
    }

    @Option(help: "http: the server.")
    var url = "http://127.0.0.1:12345"

    @Option(
        parsing: .unconditional,
        help: "http: how many clients at once, each of which waits for its reply to end.")
    var clients = 8

    @Option(
        parsing: .unconditional, help: "http: how many replies in all; by default 4 a client.")
    var requests: Int?

    @Option(
        name: .customLong("warm_up"), parsing: .unconditional,
        help: ArgumentHelp(
            """
            http: how many replies go before those that are measured, by default one a client: a \
            server's memory is slow when it is used for the first time.
            """))
    var warmUp: Int?

    @Option(help: "http: POST /v1/completions or POST /invocations.")
    var api = Dialect.completions

    @Option(
        name: .customLong("model_key"),
        help: "http: which of the server's models; by default its first.")
    var modelKey: String?

    @Option(parsing: .unconditional, help: "http: after so many seconds it ends, whatever is left.")
    var seconds = 300

    @Flag(help: "http: let the server be on another machine.")
    var elsewhere = false

    func validate() throws {
        let sizes = [
            ("clients", clients, 1...1024), ("requests", requests ?? 1, 1...1_000_000),
            ("seconds", seconds, 1...86_400), ("warm_up", warmUp ?? 1, 0...1_000_000),
        ]
        for (name, value, range) in sizes where !range.contains(value) {
            throw ValidationError(
                "--\(name) is \(value); it must be from \(range.lowerBound) to "
                    + "\(range.upperBound).")
        }
        guard requests ?? clients >= clients else {
            throw ValidationError(
                "--requests is \(requests ?? 0), and there are \(clients) clients; ask for one each "
                    + "at least, or give fewer --clients.")
        }
        guard try address().isThisMachine || elsewhere else {
            throw ValidationError(
                "--url is \(url), which is not this machine; give --elsewhere if you mean it.")
        }
        guard api == .completions || modelKey != nil else {
            throw ValidationError("--api invocations needs --model_key.")
        }
    }

    func address() throws -> ServerAddress {
        guard let address = ServerAddress(url) else {
            throw ValidationError(
                "--url is \(url); it must be http://HOST:PORT, such as http://127.0.0.1:12345.")
        }
        return address
    }
}
