import Testing

/// `docs/ARCHITECTURE.md` draws which room may look into which; the manifest and the sources keep
/// to it.
@Suite struct ArrowTests {
    /// What comes with Swift on Linux.
    static let platform: Set = [
        "Dispatch", "Foundation", "FoundationNetworking", "Glibc", "Swift", "Synchronization",
    ]

    @Test func theManifestAllowsWhatIsDrawnAndNothingElse() throws {
        let drawing = try Drawing()
        let rooms = try Manifest().rooms
        #expect(rooms.count > 10, "the manifest was not read")
        for room in rooms {
            let drawn = try #require(
                drawing.targets(of: room.name),
                "\(Drawing.page) does not draw \(room.name); add its line to the arrows")
            #expect(
                room.dependencies.subtracting(drawn).isEmpty,
                "\(room.name) has these in Package.swift; draw them in \(Drawing.page) if they are meant, else take them out"
            )
            #expect(
                drawn.subtracting(room.dependencies).isEmpty,
                "\(Drawing.page) draws these for \(room.name); rub them out, or add them to Package.swift"
            )
        }
        let names = Set(rooms.map(\.name))
        #expect(
            drawing.rooms.filter { !names.contains($0.name) }.map(\.name).isEmpty,
            "\(Drawing.page) draws rooms that are not there; rub them out")
    }

    @Test func filesImportOnlyWhatIsDrawn() throws {
        for room in try Drawing().rooms {
            let files = SwiftFile.all(below: "Sources/\(room.name)")
            #expect(!files.isEmpty, "Sources/\(room.name) has no Swift files")
            for file in files {
                let undrawn = file.imports.subtracting(room.targets).subtracting(Self.platform)
                #expect(
                    undrawn.isEmpty,
                    "\(file) imports these; move what needs them into a room that may, or draw the arrow in \(Drawing.page) and say why"
                )
            }
        }
    }

    /// Which leaves no circle either.
    @Test func arrowsPointDownThePage() throws {
        let rooms = try Drawing().rooms
        for (index, room) in rooms.enumerated() {
            let above = rooms[...index].map(\.name)
            #expect(
                room.targets.intersection(above).isEmpty,
                "\(room.name) looks into a room drawn above it; turn the arrow round, or put the room lower"
            )
        }
    }

    @Test(arguments: [
        ("CKernels", ["Compute"]), ("COpenBLAS", ["BLAS"]), ("COpenSSL", ["Crypto"]),
        ("CZlib", ["Checkpoints"]), ("CMPI", ["Cluster"]), ("FoundationNetworking", ["Fetch"]),
        ("ArgumentParser", ["Terminal", "dixie", "server", "train"]),
    ])
    func aLibraryIsSeenFromItsRoomsOnly(library: String, rooms: [String]) {
        let files = SwiftFile.all(below: "Sources").filter { $0.imports.contains(library) }
        #expect(!files.isEmpty, "nothing imports \(library); take it out of this test")
        for file in files {
            #expect(
                rooms.contains { file.path.hasPrefix("Sources/\($0)/") },
                "\(file) imports \(library); only \(rooms) may, so use what they offer")
        }
    }

    @Test(arguments: [
        ("import Foo", "Foo"), ("@testable import Foo", "Foo"), ("public import Foo", "Foo"),
        ("import struct Foo.Bar", "Foo"), ("@preconcurrency import Foo  // why", "Foo"),
        ("  @_spi(Some) package import Foo", "Foo"),
    ])
    func everyKindOfImportIsSeen(line: String, module: String) {
        #expect(SwiftFile(path: "", text: "// A\n\(line)\nlet a = 1").imports == [module])
    }

    @Test func onlyTheArrowsOfTheBlockAreRead() {
        let drawing = Drawing(page: "A -> B\n```arrows\nC -> D, E\nD ->\n```\nF -> G\n")
        #expect(drawing.rooms.map(\.name) == ["C", "D"])
        #expect(drawing.targets(of: "C") == ["D", "E"])
        #expect(drawing.targets(of: "D") == [])
    }
}
