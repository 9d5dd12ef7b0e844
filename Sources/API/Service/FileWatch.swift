import Dispatch
import Foundation

/// Calls when a file has been written, or another has taken its place, without asking again and again.
///
/// @unchecked Sendable because everything but what never changes is touched on `queue` only.
final class FileWatch: @unchecked Sendable {
    private let name: String
    private let descriptor: Int32
    private let source: any DispatchSourceRead
    private let onChange: @Sendable () -> Void
    private var isDue = false
    private let queue = DispatchQueue(label: "dixie.watch", qos: .utility)

    /// - Parameters:
    ///   - path: of the file; its folder must be there.
    ///   - onChange: called on a queue of its own, once for changes that come together.
    ///
    /// Nil where the system will not watch; `errno` says why.
    init?(_ path: String, onChange: @escaping @Sendable () -> Void) {
        // The folder, because editors and deployments put a new file in the place of the old one.
        let url = URL(fileURLWithPath: path).standardizedFileURL
        name = url.lastPathComponent
        self.onChange = onChange
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO)
        guard
            inotify_add_watch(descriptor, url.deletingLastPathComponent().path, events) >= 0
        else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.read() }
        source.setCancelHandler { close(descriptor) }
        source.resume()
    }

    deinit { source.cancel() }

    private func read() {
        var isOurs = false
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            isOurs = isOurs || names(in: buffer[..<count]).contains(name)
        }
        guard isOurs, !isDue else { return }
        isDue = true
        // What is written in several steps is read when they are over.
        queue.asyncAfter(deadline: .now() + .milliseconds(100)) { [weak self] in
            guard let self else { return }
            self.isDue = false
            self.onChange()
        }
    }

    /// The names in inotify's events: each is 16 bytes, of which the last 4 say how many of the name
    /// follow, padded with zeros.
    private func names(in events: ArraySlice<UInt8>) -> [String] {
        var names: [String] = []
        var rest = events
        while rest.count >= 16 {
            let count = rest.dropFirst(12).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            let name = rest.dropFirst(16).prefix(count).prefix { $0 != 0 }
            names.append(String(decoding: name, as: UTF8.self))
            rest = rest.dropFirst(16 + count)
        }
        return names
    }
}
