import Foundation
import TestSupport
import Testing

/// The pages speak of what is there.
@Suite struct PageTests {
    @Test func everyFileThatArchitectureNamesIsThere() throws {
        let names = try Page(Drawing.page).namedFiles
        #expect(names.count > 20, "the names were not read")
        for name in names {
            #expect(
                exists(name) || exists("Sources/" + name),
                "\(Drawing.page) names \(name), from the project's folder or from Sources; it moved or went, so mend the page"
            )
        }
    }

    @Test func everyLinkLeadsSomewhere() throws {
        for page in try Page.all() {
            let folder = page.path.hasPrefix("docs/") ? "docs/" : ""
            for link in page.links {
                #expect(
                    exists(folder + link), "\(page.path) links to \(link); mend the link")
            }
        }
    }

    @Test func whatAPageNamesIsReadFromItsProse() {
        let page = Page(
            path: "",
            text: """
                See `A/B.swift` and `docs/`, not `swift test` or `name`; [there](x.md#part).
                ```
                `C.swift`
                ```
                ## Table
                | name | is |
                |---|---|
                | `one` | `two` |
                """)
        #expect(page.namedFiles == ["A/B.swift", "docs/"])
        #expect(page.links == ["x.md"])
        #expect(page.firstColumn(under: "## Table") == ["one"])
    }

    private func exists(_ path: String) -> Bool {
        let file = projectFolder.appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: file)
    }
}
