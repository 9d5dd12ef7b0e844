import Foundation

/// A folder of files in memory, for readers that want paths; gone with the last reference.
final class MemoryFolder {
    private let path: String
    private var names: [String] = []

    init() throws {
        let memory = "/dev/shm"
        let place = access(memory, W_OK) == 0 ? memory : NSTemporaryDirectory()
        var template = Array("\(place)/dixie-fuzz-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Finding("no folder in \(place)") }
        path = String(cString: made)
    }

    /// Writes a file and returns its path.
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let file = path + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        guard descriptor >= 0, Foundation.write(descriptor, bytes, bytes.count) == bytes.count
        else { throw Finding("\(file) cannot be written") }
        names.append(file)
        return file
    }

    deinit {
        for name in names { unlink(name) }
        rmdir(path)
    }
}
