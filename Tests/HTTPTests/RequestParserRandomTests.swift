import TestSupport
import Testing

@testable import HTTP

/// Where the network cuts a request must not change what it says, and no bytes may mean two things.
struct RequestParserRandomTests {
    @Test func splitsMakeNoDifference() throws {
        var generator = SeededGenerator(seed: 1)
        for protocolCase in try ProtocolCase.quick() where protocolCase.bytes.count < 20_000 {
            let whole = Reading([protocolCase.bytes])
            #expect(Reading(protocolCase.bytes.map { [$0] }) == whole, "\(protocolCase.name)")
            for count in [2, 3, 7] {
                let pieces = split(protocolCase.bytes, into: count, using: &generator)
                #expect(Reading(pieces) == whole, "\(protocolCase.name)")
            }
        }
    }

    @Test func fiftyThousandMutationsHaveOneReadingEach() throws {
        var generator = SeededGenerator(seed: 2)
        let seeds = try ProtocolCase.quick().map(\.bytes).filter { $0.count < 400 }
        var accepted = 0
        for _ in 0..<50_000 {
            let bytes = mutated(seeds, using: &generator)
            let whole = Reading([bytes])
            let pieces = split(bytes, into: 3, using: &generator)
            guard Reading(pieces) == whole else {
                Issue.record("a split changes \(bytes)")
                continue
            }
            for request in whole.requests {
                accepted += 1
                // Written out anew, plainly, it must mean the same.
                let again = Reading([canonical(request)])
                guard again.requests.count == 1, again.requests.first?.body == request.body,
                    again.requests.first?.target == request.target
                else {
                    Issue.record("two readings of \(bytes)")
                    continue
                }
            }
        }
        // Else the mutations would be too coarse to find anything.
        #expect(accepted > 5000)
    }

    private func canonical(_ request: Reading.Request) -> [UInt8] {
        let fields = request.fields.filter {
            let name = $0.lowercased()
            return !name.hasPrefix("content-length:") && !name.hasPrefix("transfer-encoding:")
        }
        let head = "\(request.method) \(String(decoding: request.target, as: UTF8.self)) HTTP/1.1¶"
        return (head + "Content-Length: \(request.body.count)¶").wire
            + fields.flatMap { Array($0.utf8) + [13, 10] } + [13, 10] + request.body
    }

    private func mutated(
        _ seeds: [[UInt8]], using generator: inout SeededGenerator
    ) -> [UInt8] {
        let sharp = Array("\r\n\t\0 :;,=\"%+-0159aAfFxX\u{B}\u{7F}/*".utf8) + [0x80, 0xC0, 0xFF]
        var bytes = seeds.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let index = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, index + Int.random(in: 1...12, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.insert(sharp.randomElement(using: &generator) ?? 0, at: index)
            case 1: bytes.removeSubrange(index..<end)
            case 2: bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 3 where index < bytes.count:
                bytes[index] = sharp.randomElement(using: &generator) ?? 0
            default:
                let other = seeds.randomElement(using: &generator) ?? []
                let from = Int.random(in: 0...other.count, using: &generator)
                bytes.insert(contentsOf: other[from...].prefix(20), at: index)
            }
        }
        return bytes
    }
}
