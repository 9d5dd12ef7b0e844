import Configuration
import Foundation
import JSON
import TestSupport
import Testing

/// `docs/CONFIGURATION.md` is the table of fields as people read it. To write it anew, run the
/// tests with `DIXIE_WRITE_DOCS=1`.
@Suite struct ConfigurationPageTests {
    let url = projectFolder.appendingPathComponent("docs/CONFIGURATION.md")

    @Test func thePageSaysWhatTheReaderChecks() throws {
        let page = Self.page
        if ProcessInfo.processInfo.environment["DIXIE_WRITE_DOCS"] == "1" {
            try Data(page.utf8).write(to: url)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == page)
    }

    @Test func everyFieldHasASummary() {
        for section in ConfigurationSection.allCases {
            #expect(Set(section.fields.map(\.name)).count == section.fields.count)
            for field in section.fields {
                #expect(
                    field.summary.hasSuffix(".") && !field.summary.contains("\n"), "\(field.name)")
            }
        }
    }

    static let page =
        introduction
        + ConfigurationSection.allCases.map { section in
            let title = section.rawValue.isEmpty ? "At the top" : "`\(section.rawValue)`"
            let rows = section.fields.map { field in
                let kind = field.kind.expectation
                return
                    "| `\(field.name)` | \(standard(of: field)) | \(kind) | \(summary(of: field)) |"
            }
            return """

                ## \(title)
                | field | default | what it may be | what it is |
                |---|---|---|---|
                \(rows.joined(separator: "\n"))

                """
        }.joined()

    static func standard(of field: ConfigurationField) -> String {
        field.standardMeaning ?? "`\(field.standard.serialized)`"
    }

    static func summary(of field: ConfigurationField) -> String {
        field.summary.replacingOccurrences(of: "|", with: "\\|")
            + (field.notYet.map { " *Not yet: \($0).*" } ?? "")
    }

    static let introduction = """
        # server_config.json
        A JSON object (RFC 8259: no comments, no comma after the last field). Every field may be left \
        out. Relative paths start at the file's own folder. `null` means the default where the default \
        is nothing. What is wrong - an unknown field, a wrong type, a value out of its range, a key \
        that stands twice, a missing file - is reported all at once, each with its line and what to \
        do, by `server --check` too, and the server does not start on any of it. Sizes count in \
        powers of 1024.

        An entry of `api_keys` is a key itself (every scope, every model), `{"env": "NAME"}`, or an \
        object with `id` and `sha256`; only the hash and the id stay in memory. A server that other \
        machines reach needs a key or `"insecure": true`.

        Fields marked *not yet* are checked and kept, and the server says in one line each what it \
        does instead.

        """
}
