import Dispatch
import Foundation
import TestSupport
import Testing

/// What the server keeps of memory that nobody uses.
@Suite struct ServerMemoryTests {
    /// Each arena keeps what lies free at its end, so that a server has to do with few.
    @Test func threadsShareAFewArenas() throws {
        let model = """
            { "key": "red", "model_name": "\(fixture("models/red").path)" }
            """
        let server = try RunningServer(models: [model])
        for _ in 0..<3 {
            DispatchQueue.concurrentPerform(iterations: 16) { number in
                let answer = Result {
                    number == 0
                        ? try server.post("/admin/reload", "{}")
                        : try server.post("/invocations", #"{"model_key":"red","raw_text":"a"}"#)
                }
                #expect((try? answer.get().status) == 200, "\(answer)")
            }
        }
        let maps = try String(
            contentsOfFile: "/proc/\(server.process.processIdentifier)/maps", encoding: .utf8)
        #expect(arenaCount(maps) <= 4)
    }

    /// How many arenas there are besides the first, which is the heap: each begins a stretch of 64 MiB, of
    /// which some is taken, and the rest closed.
    private func arenaCount(_ maps: String) -> Int {
        let size = 64 << 20
        let mappings = maps.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            let ends = fields[0].split(separator: "-").compactMap { Int($0, radix: 16) }
            return (start: ends[0], end: ends[1], access: fields[1])
        }
        return zip(mappings, mappings.dropFirst()).count { taken, closed in
            taken.access == "rw-p" && closed.access == "---p" && taken.end == closed.start
                && taken.start % size == 0 && closed.end == taken.start + size
        }
    }
}
