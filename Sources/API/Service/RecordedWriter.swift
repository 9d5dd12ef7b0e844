import HTTP
import Synchronization

/// The way back to a client whose answer is recorded.
final class RecordedWriter: HTTPResponseWriter {
    let record: AnswerRecord
    private let client: any HTTPResponseWriter
    private let refusal: Route.Refusal
    /// The status of an answer that has begun; 500 is what a client gets that is forgotten.
    private let status = Mutex(500)

    init(
        _ client: any HTTPResponseWriter, _ record: AnswerRecord,
        refusal: @escaping Route.Refusal = { $0.response }
    ) {
        self.client = client
        self.refusal = refusal
        self.record = record
    }

    deinit { record.answered(status.withLock { $0 }, isWhole: false) }

    func send(_ response: HTTPResponse) {
        record.answered(response.status)
        client.send(record.marked(response))
    }

    /// Answers with an error, in the dialect's words.
    func refuse(_ error: APIError) { send(refusal(error)) }

    func begin(_ response: HTTPResponse) {
        status.withLock { $0 = response.status }
        client.begin(record.marked(response))
    }

    func write(_ bytes: [UInt8]) { client.write(bytes) }

    func end() {
        record.answered(status.withLock { $0 })
        client.end()
    }

    func abort() {
        record.answered(status.withLock { $0 }, isWhole: false)
        client.abort()
    }

    func onDisconnect(_ action: @escaping @Sendable () -> Void) { client.onDisconnect(action) }

    var isCongested: Bool { client.isCongested }

    func onRelief(_ action: @escaping @Sendable () -> Void) { client.onRelief(action) }
}
