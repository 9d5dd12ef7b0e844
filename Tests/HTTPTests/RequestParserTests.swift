import TestSupport
import Testing

@testable import HTTP

struct RequestParserTests {
    @Test func aRequestWithALengthIsReadToItsLastByteAndNoFurther() {
        let reading = Reading([
            "POST /a HTTP/1.1¶Host: h¶Content-Length: 3¶¶abcGET /b HTTP/1.1¶¶".wire
        ])
        #expect(reading.requests.count == 2)
        #expect(reading.requests.first?.body == Array("abc".utf8))
        #expect(reading.requests.last?.target == Array("/b".utf8))
    }

    @Test func chunksAreJoinedAndTrailersDropped() {
        let reading = Reading([
            """
            POST / HTTP/1.1¶Transfer-Encoding: Chunked¶¶3;a="x;y"¶abc¶1A¶abcdefghijklmnopqrstuvwxyz¶\
            0¶Host: elsewhere¶¶
            """.wire
        ])
        #expect(reading.requests.first?.body == Array("abcabcdefghijklmnopqrstuvwxyz".utf8))
        #expect(reading.requests.first?.fields == ["Transfer-Encoding: Chunked"])
        #expect(reading.error == nil)
    }

    /// What others take for a header, wherever it stands.
    @Test(arguments: [
        "Content-Length: 9", "transfer-encoding: chunked", "Connection: close", "UPGRADE: h2c",
    ])
    func aTrailerThatCouldBeTakenForFramingIsRefused(trailer: String) {
        let reading = Reading([
            "POST / HTTP/1.1¶Transfer-Encoding: chunked¶¶3¶abc¶0¶\(trailer)¶¶".wire
        ])
        #expect(reading.error == .framingInTrailers)
        #expect(reading.requests.isEmpty)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\nHost: h\n\n", RequestError.bareLineEnd),
        ("GET / HTTP/1.1¶A: b\rc¶¶", .bareLineEnd),
        ("GET /\u{0} HTTP/1.1¶¶", .controlCharacter),
        ("GET  / HTTP/1.1¶¶", .malformedLine(.request)),
        ("GET / HTTP/1.10¶¶", .malformedLine(.request)),
        ("GET / http/1.1¶¶", .malformedLine(.request)),
        ("GET /é HTTP/1.1¶¶", .malformedLine(.request)),
        ("¶¶¶GET / HTTP/1.1¶¶", .tooManyEmptyLines),
        ("GET / HTTP/1.1¶Host : h¶¶", .malformedLine(.field)),
        ("GET / HTTP/1.1¶A: b¶ c: d¶¶", .malformedLine(.field)),
        ("GET / HTTP/1.1¶: b¶¶", .malformedLine(.field)),
        ("GET / HTTP/1.1¶Content-Length: +3¶¶", .invalidContentLength),
        ("GET / HTTP/1.1¶Content-Length: ¶¶", .invalidContentLength),
        ("GET / HTTP/1.1¶Content-Length: 9223372036854775808¶¶", .invalidContentLength),
        ("GET / HTTP/1.1¶Content-Length: 3¶Content-Length: 3¶¶", .severalContentLengths),
        (
            "GET / HTTP/1.1¶Content-Length: 3¶Transfer-Encoding: chunked¶¶",
            .contentLengthWithTransferEncoding
        ),
        ("GET / HTTP/1.0¶Transfer-Encoding: chunked¶¶", .transferEncodingInHTTP10),
        ("GET / HTTP/1.1¶Transfer-Encoding: gzip, chunked¶¶", .unknownTransferEncoding),
        ("GET / HTTP/1.1¶Transfer-Encoding: \u{B}chunked¶¶", .controlCharacter),
        (
            "GET / HTTP/1.1¶Transfer-Encoding: chunked¶Transfer-Encoding: chunked¶¶",
            .severalTransferEncodings
        ),
    ])
    func aHeadThatCouldBeReadInTwoWaysIsRefused(wire: String, error: RequestError) {
        let reading = Reading([wire.wire])
        #expect(reading.error == error)
        #expect(reading.requests.isEmpty)
    }

    @Test(arguments: [
        "0x3¶abc¶0¶¶", "+3¶abc¶0¶¶", "3 ¶abc¶0¶¶", "¶abc¶0¶¶", "3¶abcXX0¶¶", "3¶abcd¶0¶¶",
        "3¶abc¶¶0¶¶", "3\nabc¶0¶¶", "3\r\rabc¶0¶¶", "123456789¶", "3;¶abc¶0¶¶", "3;a=\"b¶abc¶0¶¶",
        "3;a=¶abc¶0¶¶", "3;a b¶abc¶0¶¶", "0¶A : b¶¶", "0¶no trailer¶¶", "0¶¶\n",
    ])
    func aMalformedChunkEndsTheReading(chunks: String) {
        let reading = Reading([("POST / HTTP/1.1¶Transfer-Encoding: chunked¶¶" + chunks).wire])
        #expect(reading.error != nil)
    }

    @Test func anErrorIsForEver() throws {
        var parser = RequestParser(limits: HTTPLimits())
        var input = "BAD¶¶GET / HTTP/1.1¶¶".wire[...]
        #expect(throws: RequestError.malformedLine(.request)) { try parser.next(&input) }
        let left = input.count
        #expect(throws: RequestError.malformedLine(.request)) { try parser.next(&input) }
        #expect(input.count == left)
    }

    /// What passes a limit; named, because the bytes are many.
    struct Excess: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var wire: String
        var error: RequestError

        init(_ name: String, _ parts: String..., error: RequestError) {
            testDescription = name
            wire = parts.joined()
            self.error = error
        }
    }

    private static let chunked = "GET / HTTP/1.1¶Transfer-Encoding: chunked¶¶"
    private static let long = String(repeating: "a", count: 9000)

    @Test(arguments: [
        Excess("method", long, error: .methodTooLong),
        Excess("target", "GET /", long, error: .requestLineTooLong(limit: 8192)),
        Excess("field", "GET / HTTP/1.1¶A: ", long, error: .fieldTooLong(limit: 8192)),
        Excess(
            "head", "GET / HTTP/1.1¶", String(repeating: "A: \(long.prefix(999))¶", count: 40),
            error: .headTooLong(limit: 32768)),
        Excess(
            "fields", "GET / HTTP/1.1¶", String(repeating: "A: b¶", count: 101),
            error: .tooManyFields(limit: 100)),
        Excess(
            "extensions", chunked, String(repeating: "1;\(long.prefix(99))¶x¶", count: 50),
            error: .chunkExtensionsTooLong(limit: 4096)),
        Excess("extension", chunked, "1;", long, error: .chunkExtensionsTooLong(limit: 4096)),
        Excess("chunk", chunked, "100001¶", error: .bodyTooLarge(limit: 1_048_576)),
        Excess("trailer", chunked, "0¶A: ", long, error: .trailersTooLong(limit: 4096)),
        Excess(
            "trailers", chunked, "0¶", String(repeating: "A: b¶", count: 33),
            error: .tooManyTrailers(limit: 32)),
    ])
    func everyLimitEndsTheReading(excess: Excess) {
        #expect(Reading([excess.wire.wire]).error == excess.error)
        #expect(Reading(excess.wire.wire.map { [$0] }).error == excess.error)
    }

    @Test func anEndlessLineIsGivenUpAtItsLimit() {
        var parser = RequestParser(limits: HTTPLimits())
        var input = Array("GET /".utf8)[...] + Array(repeating: UInt8(ascii: "a"), count: 2_000_000)
        let before = input.count
        #expect(throws: RequestError.self) { while try parser.next(&input) != nil {} }
        // What was not read is still there: the work was bounded by the limit, not by the line.
        #expect(before - input.count <= HTTPLimits().requestLineBytes + 1)
    }

    @Test func aHundredThousandChunksAreOneBody() {
        let chunks = String(repeating: "1¶x¶", count: 100_000)
        let reading = Reading([("POST / HTTP/1.1¶Transfer-Encoding: chunked¶¶\(chunks)0¶¶").wire])
        #expect(reading.requests.first?.body.count == 100_000)
    }
}
