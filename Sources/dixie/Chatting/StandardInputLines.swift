import Foundation
import Terminal

/// The lines of standard input, as they come; waiting for one ends with Ctrl-C.
final class StandardInputLines: ChatInput {
    private let interruption: Int32
    private var pending: [UInt8] = []
    private var hasEnded = false

    /// No message comes near it.
    private static let lineLimit = 1 << 20

    /// - Parameter interruption: the descriptor that can be read from once Ctrl-C was pressed; nil
    ///   where that ends the program.
    init(interruption: Int32? = nil) {
        // One below 0 is passed over by the system.
        self.interruption = interruption ?? -1
    }

    func next() throws -> ChatInputEvent {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending[..<end]
                defer { pending.removeSubrange(...end) }
                return .line(Self.text(line))
            }
            if hasEnded {
                guard !pending.isEmpty else { return .end }
                defer { pending = [] }
                return .line(Self.text(pending[...]))
            }
            guard pending.count <= Self.lineLimit else {
                throw TerminalError.tooLarge(
                    path: "a line of standard input", limit: Self.lineLimit)
            }
            guard wait() else { return .interrupted }
            try read()
        }
    }

    private static func text(_ line: ArraySlice<UInt8>) -> String {
        let isWindows = line.last == UInt8(ascii: "\r")
        return String(decoding: isWindows ? line.dropLast() : line, as: UTF8.self)
    }

    /// Until there is something to read; false where Ctrl-C came first.
    private func wait() -> Bool {
        var requests = [STDIN_FILENO, interruption].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while poll(&requests, nfds_t(requests.count), -1) <= 0 {
            // What cannot be waited for is said by reading it.
            if errno != EINTR { return true }
        }
        return requests[1].revents == 0
    }

    private func read() throws {
        var part = [UInt8](repeating: 0, count: 1 << 14)
        let count = part.withUnsafeMutableBytes {
            Foundation.read(STDIN_FILENO, $0.baseAddress, $0.count)
        }
        if count < 0, errno == EINTR { return }
        guard count >= 0 else { throw TerminalError.cannotReadInput(code: errno) }
        hasEnded = count == 0
        pending += part[..<count]
    }
}
