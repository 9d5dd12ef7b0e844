import Foundation
import TestSupport

/// The arrows as `docs/ARCHITECTURE.md` draws them: its fenced block called `arrows`, a line a
/// room, such as `Tokenizer -> JSON`.
struct Drawing {
    struct Room {
        let name: String
        /// The rooms, libraries and packages it may look into.
        let targets: Set<String>
    }

    /// From the top of the page down.
    let rooms: [Room]

    static let page = "docs/ARCHITECTURE.md"

    init() throws {
        let url = projectFolder.appendingPathComponent(Self.page)
        self.init(page: try String(contentsOf: url, encoding: .utf8))
    }

    init(page: String) {
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        rooms = lines.drop { $0 != "```arrows" }.dropFirst().prefix { $0 != "```" }
            .compactMap { line in
                let sides = line.split(separator: "->", omittingEmptySubsequences: false)
                guard sides.count == 2, let name = sides[0].split(separator: " ").first else {
                    return nil
                }
                return Room(
                    name: String(name),
                    targets: Set(
                        sides[1].split(whereSeparator: { ", ".contains($0) }).map(String.init)))
            }
    }

    func targets(of room: String) -> Set<String>? { rooms.first { $0.name == room }?.targets }
}
