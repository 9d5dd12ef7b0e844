import Foundation

@testable import HTTP

// Requests in these tests are written as they go over the wire, with "¶" for CR LF.

extension String {
    var wire: [UInt8] { Array(replacing("¶", with: "\r\n").utf8) }
}

/// The same random numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// All that a parser makes of some bytes.
struct Reading: Equatable, CustomStringConvertible {
    struct Request: Equatable {
        var method: String
        var target: [UInt8]
        var fields: [String]
        var body: [UInt8] = []
    }

    var requests: [Request] = []
    /// Of a request that has not ended.
    var unfinished: Request?
    var error: RequestError?

    var description: String {
        "\(requests.count) requests, unfinished: \(unfinished != nil), error: \(String(describing: error))"
    }

    /// Parses `pieces` one after the other.
    init(_ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) {
        var parser = RequestParser(limits: limits)
        for piece in pieces {
            var input = piece[...]
            do {
                while let event = try parser.next(&input) { take(event) }
            } catch {
                self.error = error
                return
            }
        }
    }

    private mutating func take(_ event: RequestParser.Event) {
        switch event {
        case .head(let head):
            unfinished = Request(
                method: head.line.method, target: Array(head.line.target),
                fields: head.headers.fields.map { "\($0.name): \($0.value)" })
        case .body(let bytes):
            unfinished?.body += bytes
        case .end:
            if let unfinished { requests.append(unfinished) }
            unfinished = nil
        }
    }
}

/// Cuts `bytes` into up to `count` pieces at random places.
func split(
    _ bytes: [UInt8], into count: Int, using generator: inout SeededGenerator
) -> [[UInt8]] {
    var cuts = (1..<count).map { _ in Int.random(in: 0...bytes.count, using: &generator) }
    cuts = ([0, bytes.count] + cuts).sorted()
    return zip(cuts, cuts.dropFirst()).map { Array(bytes[$0..<$1]) }
}
