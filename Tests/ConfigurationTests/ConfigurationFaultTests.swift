import Testing

@testable import Configuration

@Suite struct ConfigurationFaultTests {
    @Test func whatTheFileSaysIsShownSafely() throws {
        let text = """
            {"memory_limit": "\\u0000\\u001b[2J", "\\u202e\\n": 1,
             "a\\r": 1, "a\\r": 2}
            """
        let error = try #require(throws: ConfigurationError.self) {
            try ServerConfiguration(
                Array(text.utf8), file: "server_config.json", folder: "/etc/dixie",
                surroundings: ServerConfiguration.Surroundings(environment: [:]))
        }
        #expect(error.faults.count >= 3)
        let message = error.description
        #expect(message.contains(#""\u{0}\u{1b}[2J""#) && message.contains(#"\u{202e}\u{a} is"#))
        #expect(message.utf8.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") })
        #expect(message.split(separator: "\n").count == error.faults.count)
    }

    @Test(arguments: ["k", "port"])
    func aFileFullOfFaultsIsToldOfByTheFirst(name: String) throws {
        let members = (0..<200_000).map { #""\#(name == "k" ? "k\($0)" : name)": 1"# }
        let error = try #require(throws: ConfigurationError.self) {
            try ServerConfiguration(
                Array("{\(members.joined(separator: ","))}".utf8), file: "server_config.json",
                folder: "/etc/dixie",
                surroundings: ServerConfiguration.Surroundings(environment: [:]))
        }
        #expect(error.faults.count <= 60)
        let lines = error.description.split(separator: "\n")
        #expect(
            lines.count == 51
                && lines.last == "server_config.json: there may be more; mend these first")
    }
}
