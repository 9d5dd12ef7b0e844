import Foundation
import JSON
import TestSupport
import Testing

/// What the project stands on, and what it does not.
@Suite struct DependencyTests {
    @Test func nothingBringsSwiftNIO() throws {
        let tree = try PackageManager.run("show-dependencies", "--format", "json")
        let packages = Self.packages(tree)
        #expect(packages.count > 1, "the dependencies were not read")
        for package in packages {
            #expect(
                !package.lowercased().contains("swift-nio"),
                "the HTTP room needs no SwiftNIO; use what does not depend on it")
        }
    }

    @Test func theReadmeNamesEveryDependencyAndNoOther() throws {
        let manifest = try Manifest()
        let libraries = manifest.targets.compactMap(\.library)
        let page = try Page("README.md")
        #expect(
            Set(page.firstColumn(under: "## What it stands on"))
                == manifest.packages.union(libraries),
            "the table in README.md under \"What it stands on\" has one line for each package and system library of Package.swift"
        )
    }

    /// The identity and address of every package in the tree.
    static func packages(_ tree: JSONValue) -> [String] {
        let own = [tree["identity"]?.string, tree["url"]?.string].compactMap { $0 }
        return [own.joined(separator: " ")] + (tree["dependencies"]?.array ?? []).flatMap(packages)
    }

    @Test func aPackageDeepInTheTreeIsFound() {
        let tree: JSONValue = [
            "identity": "a", "url": "/a",
            "dependencies": [
                [
                    "identity": "b", "url": "/b",
                    "dependencies": [["identity": "swift-nio", "url": "/c", "dependencies": []]],
                ]
            ],
        ]
        #expect(Self.packages(tree) == ["a /a", "b /b", "swift-nio /c"])
    }
}
