import Foundation
import JSON
import TestSupport
import Testing

/// `docs/FLAGS.md` has every flag of every program, as the programs themselves say them. To write it
/// anew, run the tests with `DIXIE_WRITE_DOCS=1`.
struct FlagsPageTests {
    @Test func thePageSaysWhatTheProgramsTake() throws {
        let page =
            try Self.introduction
            + [Program.server, .train, .dixie].map { program in
                let said = try program.run(["--experimental-dump-help"])
                #expect(said.status == 0)
                let command = try #require(JSONParser.parse(Array(said.output.utf8))["command"])
                return Self.chapter(of: command, after: "")
            }.joined()
        let url = projectFolder.appendingPathComponent("docs/FLAGS.md")
        if ProcessInfo.processInfo.environment["DIXIE_WRITE_DOCS"] == "1" {
            try Data(page.utf8).write(to: url)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == page)
    }

    private static let introduction = """
        # Flags

        ```
        bin/dixie sample --help
        ```

        Every flag of every program. Underscores may be hyphens: `--model-name` is `--model_name`. All \
        programs know `--version`, and `--help`, which says the same as this page.

        """

    /// A command's flags, and its own commands' after it.
    private static func chapter(of command: JSONValue, after names: String) -> String {
        let own = command["commandName"]?.string ?? ""
        guard own != "help" else { return "" }
        let name = names.isEmpty ? own : "\(names) \(own)"
        let rows = (command["arguments"]?.array ?? []).compactMap(row)
        let table =
            rows.isEmpty
            ? ""
            : "\n| | default | what it is |\n|---|---|---|\n" + rows.joined(separator: "\n") + "\n"
        return "\n## \(name)\n\n\(command["abstract"]?.string ?? "")\n" + table
            + (command["subcommands"]?.array ?? []).map { chapter(of: $0, after: name) }.joined()
    }

    private static func row(_ argument: JSONValue) -> String? {
        guard argument["shouldDisplay"]?.bool ?? true else { return nil }
        let names = (argument["names"]?.array ?? []).compactMap { name -> String? in
            let text = name["name"]?.string ?? ""
            return name["kind"]?.string == "long" ? "--" + text : "-" + text
        }
        guard !names.contains("--help"), !names.contains("--version") else { return nil }
        let value = "<\(argument["valueName"]?.string ?? "")>"
        let isFlag = argument["kind"]?.string == "flag"
        let what =
            names.isEmpty ? value : names.joined(separator: ", ") + (isFlag ? "" : " " + value)
        let standard = argument["defaultValue"]?.string.map { "`\($0)`" } ?? ""
        let values = (argument["allValues"]?.array ?? []).compactMap(\.string)
        let choice = values.isEmpty ? "" : " (" + values.joined(separator: ", ") + ")"
        let summary = (argument["abstract"]?.string ?? "") + choice
        return "| `\(what)` | \(standard) | \(escaped(summary)) |"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("<", with: "&lt;")
    }
}
