import Foundation
import TestSupport

@testable import HTTP

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
