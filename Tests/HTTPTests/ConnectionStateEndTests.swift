import TestSupport
import Testing

@testable import HTTP

/// The client's end of the connection.
struct ConnectionStateEndTests {
    @Test func aClientThatOnlyClosesItsSideIsGoneAndStillAnswered() {
        var bench = Bench()
        bench.receive(get)
        bench.receiveEnd()
        #expect(bench.takeLog() == ["ask /a", "1: GET /a 0", "gone 1"])
        #expect(!bench.state.wantsInput)
        bench.answer(okay)
        #expect(bench.takeLog() == ["HTTP/1.1 200 OK", "says close", "close"])
    }

    @Test func aClientThatMayWaitIsNotGone() {
        var limits = HTTPLimits()
        limits.halfClose = .answer
        var bench = Bench(limits: limits)
        bench.receive(get + get)
        bench.receiveEnd()
        bench.answer(okay)
        bench.answer(okay, id: 2)
        let expected = [
            "ask /a", "1: GET /a 0", "HTTP/1.1 200 OK", "ask /a", "2: GET /a 0", "HTTP/1.1 200 OK",
            "says close", "close",
        ]
        #expect(bench.takeLog() == expected)
    }

    @Test func aBegunStreamGoesOnToTheFirstFailedWrite() {
        var bench = Bench()
        bench.receive(get)
        bench.answer(.beginning(HTTPResponse(status: 200)))
        bench.receiveEnd()
        bench.answer(.piece([65]))
        #expect(bench.takeLog().last == "1\r\nA\r\n")
        bench.perform(bench.state.cut(at: bench.now))
        #expect(bench.takeLog() == ["gone 1", "close"])
    }

    @Test(arguments: [
        "GET /a", "GET /a HTTP/1.1¶Host: h¶", "POST /a HTTP/1.1¶Host: h¶Content-Length: 3¶¶ab",
        "POST /a HTTP/1.1¶Host: h¶Transfer-Encoding: chunked¶¶3¶abc¶",
    ])
    func halfARequestIsNeverDone(wire: String) {
        var bench = Bench()
        bench.receive(wire)
        bench.receiveEnd()
        let log = bench.takeLog().filter { !$0.hasPrefix("ask") }
        #expect(log == ["HTTP/1.1 400 Bad Request", "says close", "close"])
    }

    @Test func anIdleConnectionEndsWithItsClient() {
        var bench = Bench()
        bench.receiveEnd()
        #expect(bench.takeLog() == ["close"])
    }

    @Test func aStoppingServerAnswersWhatItHas() {
        var bench = Bench()
        bench.receive(get + get)
        bench.stop()
        #expect(bench.state.phase == .answering)
        bench.answer(okay)
        #expect(bench.takeLog().suffix(3) == ["HTTP/1.1 200 OK", "says close", "shutdown"])
        bench = Bench()
        bench.stop()
        #expect(bench.takeLog() == ["close"])
    }

    @Test func whoIsTurnedAwayIsTold() {
        var bench = Bench()
        bench.perform(bench.state.turnAway(at: bench.now))
        #expect(bench.takeLog() == ["HTTP/1.1 503 Service Unavailable", "says close", "shutdown"])
    }
}
