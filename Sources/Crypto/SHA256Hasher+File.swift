import Foundation

extension SHA256Hasher {
    /// Takes in the whole of a file, a mebibyte at a time.
    public func update(file path: String) throws(CryptoError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
        defer { close(descriptor) }
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: path, code: errno) }
            if count == 0 { return }
            try update(piece, byteCount: count)
        }
    }
}
