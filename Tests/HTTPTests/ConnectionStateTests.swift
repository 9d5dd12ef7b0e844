import TestSupport
import Testing

@testable import HTTP

struct ConnectionStateTests {
    @Test func requestsAreAnsweredOneAfterTheOther() {
        var bench = Bench()
        bench.receive(get + get)
        #expect(bench.takeLog() == ["ask /a", "1: GET /a 0"])
        bench.answer(okay)
        #expect(bench.takeLog() == ["HTTP/1.1 200 OK", "ask /a", "2: GET /a 0"])
        bench.answer(okay, id: 2)
        #expect(bench.takeLog() == ["HTTP/1.1 200 OK"])
        #expect(bench.state.phase == .waiting)
    }

    @Test func whatComesAheadStopsTheReading() {
        var bench = Bench()
        bench.receive(get)
        #expect(bench.state.wantsInput)
        bench.receive(String(repeating: "x", count: 20_000))
        #expect(!bench.state.wantsInput)
    }

    @Test func aRefusedBodyIsReadAndThrownAway() {
        var bench = Bench()
        bench.refusal = HTTPResponse(status: 404)
        bench.receive("POST /a HTTP/1.1¶Host: h¶Content-Length: \(get.wire.count)¶¶" + get)
        #expect(bench.takeLog() == ["ask /a", "HTTP/1.1 404 Not Found"])
        bench.refusal = nil
        bench.receive(get)
        #expect(bench.takeLog() == ["ask /a", "2: GET /a 0"])
    }

    @Test func aRefusedBodyThatIsTooLongToReadEndsTheConnection() {
        var bench = Bench()
        bench.refusal = HTTPResponse(status: 404)
        bench.receive("POST /a HTTP/1.1¶Host: h¶Content-Length: 300000¶¶" + get)
        #expect(bench.takeLog() == ["ask /a", "HTTP/1.1 404 Not Found", "says close", "shutdown"])
        bench.receive(get)
        #expect(bench.takeLog().isEmpty)
    }

    @Test func bodiesTakeNoMoreTogetherThanTheyMay() {
        let bodies = BodyBudget(limit: 100)
        let length = BodyShare.free + 60
        let head = "POST /a HTTP/1.1¶Host: h¶Content-Length: \(length)¶¶"
        let body = String(repeating: "x", count: length)
        var first = Bench(bodies: bodies)
        first.receive(head + body.dropLast())
        var second = Bench(bodies: bodies)
        second.receive(head + body)
        #expect(
            second.takeLog()
                == ["ask /a", "HTTP/1.1 503 Service Unavailable", "says close", "shutdown"])
        #expect(bodies.count == 59)
        // A small one always gets in.
        var small = Bench(bodies: bodies)
        small.receive("POST /a HTTP/1.1¶Host: h¶Content-Length: 2¶¶ab")
        #expect(small.takeLog() == ["ask /a", "1: POST /a 2"])
        first.receive("x")
        #expect(first.takeLog() == ["ask /a", "1: POST /a \(length)"])
        // Nobody has kept the request.
        #expect(bodies.count == 0)
        var third = Bench(bodies: bodies)
        third.receive(head + body.dropLast())
        third.receiveEnd()
        #expect(bodies.count == 0)
    }

    @Test func anEndlessRefusedBodyEndsTheConnection() {
        var bench = Bench()
        bench.refusal = HTTPResponse(status: 404)
        bench.receive("POST /a HTTP/1.1¶Host: h¶Transfer-Encoding: chunked¶¶")
        let chunk = "ffff¶" + String(repeating: "x", count: 0xffff) + "¶"
        for _ in 0..<5 { bench.receive(chunk) }
        #expect(bench.takeLog() == ["ask /a", "HTTP/1.1 404 Not Found", "shutdown"])
    }

    @Test(arguments: ["ZZ¶", "ffffffff¶", "1¶ab¶"])
    func aRefusedBodyThatBreaksOffIsNotAnsweredTwice(chunk: String) {
        var bench = Bench()
        bench.refusal = HTTPResponse(status: 404)
        bench.receive("POST /a HTTP/1.1¶Host: h¶Transfer-Encoding: chunked¶¶" + chunk)
        #expect(bench.takeLog() == ["ask /a", "HTTP/1.1 404 Not Found", "shutdown"])
    }

    @Test func aHeadThatIsNotLetInIsAnsweredWithoutABody() {
        for method in ["HEAD", "GET"] {
            var bench = Bench()
            let actions = bench.state.receive("\(method) /a HTTP/1.1¶¶".wire, at: bench.now)
            let sent = actions.flatMap { action -> [UInt8] in
                if case .send(let bytes) = action { bytes } else { [] }
            }
            let text = String(decoding: sent, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 400 "))
            #expect(text.hasSuffix("\r\n\r\n") == (method == "HEAD"), "\(text)")
        }
    }

    @Test func whatWasSentAheadByAClientThatHasGoneIsKnownToBeForNobody() {
        var bench = Bench()
        bench.receive(get + get)
        bench.receiveEnd()
        #expect(bench.takeLog() == ["ask /a", "1: GET /a 0", "gone 1"])
        bench.answer(okay)
        #expect(bench.takeLog() == ["HTTP/1.1 200 OK", "ask /a", "2: GET /a 0", "gone 2"])
    }

    @Test func onlyAClientThatWaitsIsToldToContinue() {
        let head = "POST /a HTTP/1.1¶Host: h¶Content-Length: 2¶Expect: 100-continue¶¶"
        var bench = Bench()
        bench.receive(head)
        #expect(bench.takeLog() == ["ask /a", "HTTP/1.1 100 Continue"])
        bench.receive("ab")
        #expect(bench.takeLog() == ["1: POST /a 2"])
        bench = Bench()
        bench.receive(head + "ab")
        #expect(bench.takeLog() == ["ask /a", "1: POST /a 2"])
        bench = Bench()
        bench.refusal = HTTPResponse(status: 401)
        bench.receive(head)
        #expect(
            bench.takeLog() == ["ask /a", "HTTP/1.1 401 Unauthorized", "says close", "shutdown"])
    }

    @Test func nothingAfterAnErrorIsRead() {
        var bench = Bench()
        bench.receive("GET /a HTTP/1.1¶Host : h¶¶" + get)
        let log = bench.takeLog()
        #expect(log == ["HTTP/1.1 400 Bad Request", "says close", "shutdown"])
        bench.receive(get)
        #expect(bench.takeLog().isEmpty)
    }

    @Test func nothingAfterTheLastRequestIsRead() {
        var bench = Bench()
        bench.receive("GET /a HTTP/1.1¶Host: h¶Connection: close¶¶" + get)
        bench.answer(okay)
        let expected = ["ask /a", "1: GET /a 0", "HTTP/1.1 200 OK", "says close", "shutdown"]
        #expect(bench.takeLog() == expected)
    }

    @Test func theThousandthAnswerIsTheLast() {
        var limits = HTTPLimits()
        limits.requestsPerConnection = 2
        var bench = Bench(limits: limits)
        bench.receive(get + get + get)
        bench.answer(okay)
        #expect(!bench.takeLog().contains("says close"))
        bench.answer(okay, id: 2)
        #expect(bench.takeLog() == ["HTTP/1.1 200 OK", "says close", "shutdown"])
    }

    @Test func aStreamIsSentPieceByPiece() {
        var bench = Bench()
        bench.receive(get)
        bench.answer(.beginning(HTTPResponse(status: 200)))
        bench.answer(.piece([65, 66]))
        bench.answer(.end)
        let expected = [
            "ask /a", "1: GET /a 0", "HTTP/1.1 200 OK", "2\r\nAB\r\n", "0\r\n\r\n",
        ]
        #expect(bench.takeLog() == expected)
        #expect(bench.state.phase == .waiting)
    }

    @Test func anAbortedStreamHasNoLastChunk() {
        for last in [ConnectionState.Answer.abort, .dropped] {
            var bench = Bench()
            bench.receive(get)
            bench.answer(.beginning(HTTPResponse(status: 200)))
            bench.answer(last)
            #expect(bench.takeLog().suffix(2) == ["HTTP/1.1 200 OK", "shutdown"])
        }
    }

    @Test func aForgottenRequestIsAnsweredAllTheSame() {
        var bench = Bench()
        bench.receive(get)
        bench.answer(.dropped)
        let expected = ["HTTP/1.1 500 Internal Server Error", "says close", "shutdown"]
        #expect(bench.takeLog().suffix(3) == expected)
    }

    @Test func anAnswerThatCannotBeSentBecomesAnError() {
        var bench = Bench()
        bench.receive(get)
        bench.answer(.whole(HTTPResponse(status: 200, headers: ["X": "a\r\nb"])))
        #expect(bench.takeLog().contains("HTTP/1.1 500 Internal Server Error"))
    }

    @Test func aLateAnswerIsForNobody() {
        var bench = Bench()
        bench.receive(get)
        bench.answer(okay)
        _ = bench.takeLog()
        bench.answer(okay)
        bench.answer(okay, id: 7)
        #expect(bench.takeLog().isEmpty)
    }
}
