import Foundation
import Synchronization

/// Clients of a server, each a thread that asks for one streamed reply after the other.
struct HTTPLoad: Sendable {
    let address: ServerAddress
    let request: HTTPLoadRequest
    let clientCount: Int
    let replyCount: Int
    let warmUpCount: Int
    let deadline: ContinuousClock.Instant

    /// - Parameters:
    ///   - arguments: checked.
    ///   - tokens: of each reply.
    /// - Throws: `ValidationError` for a URL that names no server.
    init(_ arguments: HTTPLoadArguments, tokens: Int) throws {
        address = try arguments.address()
        request = HTTPLoadRequest(
            address: address, dialect: arguments.api, modelKey: arguments.modelKey, tokens: tokens)
        clientCount = arguments.clients
        replyCount = arguments.requests ?? 4 * arguments.clients
        warmUpCount = arguments.warmUp ?? arguments.clients
        deadline = .now + .seconds(arguments.seconds)
    }

    /// Asks for the replies that are not counted, and then for all that are.
    ///
    /// - Throws: `HTTPLoadError.noReplies`.
    func run() throws -> HTTPLoadReport {
        if warmUpCount > 0 { _ = try ask(for: 0..<warmUpCount) }
        return try ask(for: warmUpCount..<warmUpCount + replyCount)
    }

    private func ask(for numbers: Range<Int>) throws -> HTTPLoadReport {
        let next = Atomic(numbers.lowerBound)
        let report = Mutex(HTTPLoadReport(clientCount: clientCount))
        let processorTime = ProcessorTime.ofThisProcess
        let start = ContinuousClock.now
        withThreads(clientCount) {
            while true {
                let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard number < numbers.upperBound, .now < deadline else { return }
                let outcome = Result { try reply(number: number) }
                report.withLock { $0.add(outcome) }
            }
        }
        var result = report.withLock { $0 }
        result.seconds = (.now - start) / .seconds(1)
        result.processorSeconds = (ProcessorTime.ofThisProcess - processorTime) / .seconds(1)
        guard !result.replies.isEmpty else {
            throw HTTPLoadError.noReplies(
                failures: result.failureCount,
                first: result.firstFailure ?? ClientError.outOfTime.description)
        }
        return result
    }

    private func reply(number: Int) throws -> HTTPLoadReply {
        let start = ContinuousClock.now
        let socket = try ClientSocket(to: address, until: deadline)
        try socket.send(request.bytes(number: number))
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var stream = ResponseStream()
        var reply = HTTPLoadReply()
        while !stream.isWhole {
            let bytes = try socket.receive(into: &buffer)
            let time = ContinuousClock.now - start
            guard !bytes.isEmpty else {
                try stream.finish()
                break
            }
            for event in try stream.receive(bytes) { try reply.receive(event, after: time) }
        }
        guard stream.status == 200 else {
            throw ClientError.refused(
                status: stream.status, body: String(decoding: stream.body, as: UTF8.self))
        }
        return reply
    }
}

/// Runs `body` on so many threads of their own, and returns when all have.
private func withThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    let ended = DispatchGroup()
    for _ in 0..<count {
        ended.enter()
        Thread {
            body()
            ended.leave()
        }.start()
    }
    ended.wait()
}
