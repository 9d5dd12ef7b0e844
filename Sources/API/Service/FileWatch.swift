import Dispatch
import Foundation
import Serving

/// Calls when a file has been written, or another has taken its place, without asking again and again.
///
/// @unchecked Sendable because everything but what never changes is touched on `queue` only.
final class FileWatch: @unchecked Sendable {
    private let path: String
    private var identity: FileIdentity?
    private let descriptor: Int32
    private let source: any DispatchSourceRead
    private let onChange: @Sendable () -> Void
    private var isDue = false
    private let queue = DispatchQueue(label: "dixie.watch", qos: .utility)

    /// - Parameters:
    ///   - path: of the file; its folder must be there.
    ///   - identity: what it was when it was read.
    ///   - onChange: called on a queue of its own, once for changes that come together.
    ///
    /// Nil where the system will not watch; `errno` says why.
    init?(_ path: String, since identity: FileIdentity?, onChange: @escaping @Sendable () -> Void) {
        // The folder, because editors and deployments put a new file in the place of the old one, or
        // have a link beside it lead elsewhere.
        let url = URL(fileURLWithPath: path).standardizedFileURL
        self.path = url.path
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
        self.identity = identity
        self.descriptor = descriptor
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.read() }
        source.setCancelHandler { close(descriptor) }
        source.resume()
        // It may have changed before it was watched.
        queue.async { [weak self] in self?.look() }
    }

    deinit { source.cancel() }

    private func read() {
        // What the events say does not matter: some may be lost where there are many.
        var buffer = [UInt8](repeating: 0, count: 4096)
        while Foundation.read(descriptor, &buffer, buffer.count) > 0 {}
        guard !isDue else { return }
        isDue = true
        // What is written in several steps is read when they are over.
        queue.asyncAfter(deadline: .now() + .milliseconds(100)) { [weak self] in self?.look() }
    }

    private func look() {
        isDue = false
        let now = FileIdentity(path)
        // Who may read it is no news.
        guard let now, identity.map({ !now.hasContent(of: $0) }) ?? true else { return }
        identity = now
        onChange()
    }
}
