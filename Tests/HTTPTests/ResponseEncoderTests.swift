import Testing

@testable import HTTP

struct ResponseEncoderTests {
    private let context = ResponseEncoder.Context()

    private func whole(
        _ response: HTTPResponse, in context: ResponseEncoder.Context
    ) throws -> String {
        let bytes = try ResponseEncoder.whole(response, in: context, seconds: 784_111_777)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aWholeAnswerHasItsLengthAndTheDate() throws {
        let response = HTTPResponse(status: 200, headers: ["X": "y"], body: Array("hi".utf8))
        #expect(
            try whole(response, in: context) == """
                HTTP/1.1 200 OK\r\nX: y\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                Content-Length: 2\r\n\r\nhi
                """)
    }

    @Test func headHasTheHeaderOfGetAndNoBody() throws {
        let response = HTTPResponse(status: 200, body: Array("hi".utf8))
        let text = try whole(response, in: .init(isHead: true))
        #expect(text.contains("Content-Length: 2\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [204, 304])
    func aStatusWithoutABodyHasNoLengthEither(status: Int) throws {
        let text = try whole(HTTPResponse(status: status, body: [1]), in: context)
        #expect(!text.contains("Content-Length"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func theConnectionIsTheRoomsToDecide() throws {
        let response = HTTPResponse(
            status: 200, headers: ["content-length": "9", "Transfer-Encoding": "x"])
        let kept = try whole(response, in: context)
        #expect(!kept.contains("content-length") && !kept.contains("Transfer-Encoding"))
        #expect(!kept.contains("Connection"))
        #expect(try whole(response, in: .init(keepsAlive: false)).contains("Connection: close\r\n"))
        let old = try whole(response, in: .init(isHTTP10: true))
        #expect(old.contains("Connection: keep-alive\r\n"))
    }

    @Test(arguments: [
        ("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X", "a\u{0}"), ("X Y", "a"), ("", "a"),
        ("X\r\n", "a"),
    ])
    func aHeaderThatWouldBreakTheAnswerIsRefused(name: String, value: String) {
        var response = HTTPResponse(status: 200)
        response.headers.add(name, value)
        #expect(throws: RequestError.unsendableAnswer) { try whole(response, in: context) }
    }

    @Test(arguments: [0, 100, 199, 600, 1000])
    func aStatusThatEndsNothingIsRefused(status: Int) {
        #expect(throws: RequestError.unsendableAnswer) {
            try whole(HTTPResponse(status: status), in: context)
        }
    }

    @Test func piecesAreChunksAndAnEmptyOneIsNone() throws {
        let (encoder, head) = try ResponseEncoder.beginning(
            HTTPResponse(status: 200, body: Array("first".utf8)), in: context, seconds: 0)
        let text = String(decoding: head, as: UTF8.self)
        #expect(text.contains("Transfer-Encoding: chunked\r\n"))
        #expect(text.hasSuffix("\r\n\r\n5\r\nfirst\r\n"))
        let piece = encoder.piece(Array("0123456789abcdef".utf8))
        #expect(piece == Array("10\r\n0123456789abcdef\r\n".utf8))
        #expect(encoder.piece([]).isEmpty)
        #expect(encoder.end == Array("0\r\n\r\n".utf8))
    }

    @Test func anOldClientsStreamGoesToTheConnectionsEnd() throws {
        let (encoder, head) = try ResponseEncoder.beginning(
            HTTPResponse(status: 200), in: .init(isHTTP10: true), seconds: 0)
        let text = String(decoding: head, as: UTF8.self)
        #expect(!text.contains("chunked"))
        #expect(text.contains("Connection: close\r\n"))
        #expect(!encoder.context.keepsAlive)
        #expect(encoder.piece([65]) == [65])
        #expect(encoder.end.isEmpty)
    }

    @Test func aStreamForHeadIsItsHeaderAlone() throws {
        let (encoder, _) = try ResponseEncoder.beginning(
            HTTPResponse(status: 200), in: .init(isHead: true), seconds: 0)
        #expect(encoder.piece([65]).isEmpty)
        #expect(encoder.end.isEmpty)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"), (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ])
    func datesFollowTheCalendar(seconds: Int, text: String) {
        #expect(HTTPDate.string(seconds) == text)
    }

    @Test func everyErrorHasAnAnswerThatCanBeSent() throws {
        let errors: [RequestError] = [
            .malformedLine(.request), .controlCharacter, .forbiddenMethod, .headTimeout,
            .unknownTransferEncoding, .tooManyConnections, .unsupportedVersion, .noAnswer,
        ]
        for error in errors {
            let text = try whole(error.response, in: context)
            #expect(text.hasPrefix("HTTP/1.1 \(error.status) "))
            #expect(text.contains(#"{"error":{"message":""#))
        }
    }
}
