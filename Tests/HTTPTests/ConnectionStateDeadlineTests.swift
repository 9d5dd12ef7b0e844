import TestSupport
import Testing

@testable import HTTP

/// What happens when nothing happens.
struct ConnectionStateDeadlineTests {
    @Test func aSilentConnectionIsClosedWithoutAWord() {
        var bench = Bench()
        #expect(bench.patience == 10)
        bench.at(9)
        bench.timeOut()
        #expect(bench.takeLog().isEmpty)
        bench.at(10)
        bench.timeOut()
        #expect(bench.takeLog() == ["close"])
        #expect(bench.patience == nil)
    }

    @Test func theHeadIsWaitedForOnceHandsAreShaken() {
        var limits = HTTPLimits()
        limits.handshakeTime = .seconds(4)
        var bench = Bench(limits: limits, isEncrypted: true)
        #expect(bench.patience == 4)
        bench.at(3)
        bench.state.shookHands(at: bench.now)
        #expect(bench.patience == 10)
        bench = Bench(limits: limits, isEncrypted: true)
        bench.at(4)
        bench.timeOut()
        #expect(bench.takeLog() == ["close"])
    }

    @Test func aLastAnswerIsGivenTimeToBeRead() {
        var bench = Bench()
        bench.receive("GET /a HTTP/1.1¶Host: h¶Connection: close¶¶")
        bench.answer(okay)
        #expect(bench.takeLog().last == "shutdown")
        #expect(bench.patience == 2)
        bench.receive("more that nobody wants")
        bench.at(2)
        bench.timeOut()
        #expect(bench.takeLog() == ["close"])
    }

    @Test func aStreamsClientMustKeepUpAndNotJustTakeAByteNowAndThen() {
        var bench = Bench(isReading: false)
        bench.receive(get)
        bench.answer(.beginning(HTTPResponse(status: 200)))
        bench.take(bench.state.unsentBytes)
        bench.answer(.piece(Array(repeating: 65, count: 150)))
        bench.state.note(isHeldUp: true, at: bench.now)
        #expect(bench.patience == 30)
        bench.at(10)
        bench.take(1)
        bench.state.note(isHeldUp: true, at: bench.now)
        #expect(bench.patience == 20)
        bench.take(100)
        bench.state.note(isHeldUp: false, at: bench.now)
        #expect(bench.patience == 30)
        bench.state.note(isHeldUp: true, at: bench.now)
        bench.at(39)
        bench.take(1)
        bench.at(40)
        bench.timeOut()
        #expect(bench.takeLog().suffix(2) == ["gone 1", "close"])
    }

    @Test func theTailOfAStreamMayBeReadAsSlowlyAsAnyAnswer() {
        var bench = Bench(isReading: false)
        bench.receive(get)
        bench.answer(.beginning(HTTPResponse(status: 200)))
        bench.answer(.piece(Array(repeating: 65, count: 150)))
        bench.state.note(isHeldUp: true, at: bench.now)
        bench.answer(.end)
        bench.at(29)
        bench.take(1)
        #expect(bench.patience == 30)
    }

    @Test func aHeadHasOneDeadlineHoweverOftenAByteComes() {
        var bench = Bench()
        bench.receive("GET /a HTTP/1.1¶")
        for second in 1...9 {
            bench.at(Double(second))
            bench.receive("X: y¶")
            #expect(bench.patience == 10 - second)
        }
        bench.at(10)
        bench.timeOut()
        #expect(bench.takeLog().first == "HTTP/1.1 408 Request Timeout")
    }

    @Test func aLaterHeadCountsFromItsFirstByte() {
        var bench = Bench()
        bench.receive(get)
        bench.answer(okay)
        #expect(bench.patience == 60)
        bench.at(50)
        bench.receive("G")
        #expect(bench.patience == 10)
    }

    @Test func aBodyMustComeFastEnough() {
        var bench = Bench()
        bench.receive("POST /a HTTP/1.1¶Host: h¶Content-Length: 1000000¶¶")
        #expect(bench.patience == 5)
        bench.receive(String(repeating: "x", count: 10 * 1024))
        #expect(bench.patience == 15)
        bench.receive(String(repeating: "x", count: 90 * 1024))
        #expect(bench.patience == 30)
        for second in stride(from: 20, through: 80, by: 20) {
            bench.at(Double(second))
            bench.receive(String(repeating: "x", count: 20 * 1024))
            #expect(bench.patience == 30)
        }
        bench.at(100)
        bench.receive(String(repeating: "x", count: 20 * 1024))
        #expect(bench.patience == 20)
        bench.at(120)
        bench.timeOut()
        #expect(bench.takeLog().contains("HTTP/1.1 408 Request Timeout"))
    }

    @Test func aHandlerMayTakeItsTime() {
        var bench = Bench()
        bench.receive(get)
        #expect(bench.patience == nil)
    }

    @Test func aClientThatTakesNothingIsGone() {
        var bench = Bench(isReading: false)
        bench.receive(get)
        bench.answer(.beginning(HTTPResponse(status: 200)))
        bench.at(20)
        bench.answer(.piece([65]))
        #expect(bench.patience == 10)
        bench.take(10)
        #expect(bench.patience == 30)
        bench.at(50)
        bench.timeOut()
        #expect(bench.takeLog().suffix(2) == ["gone 1", "close"])
    }

    @Test func aClientThatReadsSlowlyMayReadToTheEnd() {
        var bench = Bench(isReading: false)
        bench.receive(get)
        bench.answer(.whole(HTTPResponse(status: 200, body: [UInt8](repeating: 65, count: 1000))))
        for second in stride(from: 25, through: 200, by: 25) {
            bench.at(Double(second))
            #expect(bench.patience == 5)
            bench.take(100)
            #expect(bench.patience == 30)
        }
        bench.take(bench.state.unsentBytes)
        #expect(bench.patience == 60)
    }

    @Test func aStreamThatIgnoresItsClientIsCutOff() {
        var limits = HTTPLimits()
        limits.overflowBytes = 1000
        var bench = Bench(limits: limits, isReading: false)
        bench.receive(get)
        bench.answer(.beginning(HTTPResponse(status: 200)))
        for _ in 0..<11 { bench.answer(.piece([UInt8](repeating: 65, count: 100))) }
        #expect(bench.takeLog().suffix(2) == ["gone 1", "close"])
    }

    @Test func aClientThatAsksAndNeverReadsIsHeardNoMore() {
        var limits = HTTPLimits()
        limits.highWaterBytes = 300
        var bench = Bench(limits: limits, isReading: false)
        bench.refusal = HTTPResponse(status: 404)
        bench.receive(String(repeating: get, count: 50))
        let answers = bench.takeLog().filter { $0.hasPrefix("HTTP") }.count
        #expect((1...10).contains(answers))
        #expect(!bench.state.wantsInput)
        bench.take(bench.state.unsentBytes)
        #expect(bench.takeLog().contains("HTTP/1.1 404 Not Found"))
    }

    @Test func aBodyThatIsNotWantedIsNotWaitedFor() {
        var bench = Bench()
        bench.refusal = HTTPResponse(status: 404)
        bench.receive("POST /a HTTP/1.1¶Host: h¶Content-Length: 10¶¶")
        #expect(bench.patience == 1)
        bench.at(1)
        bench.timeOut()
        #expect(bench.takeLog().last == "shutdown")
    }
}
