import Foundation
import TestSupport

@testable import Checkpoints

/// The path of one of the committed checkpoints.
func checkpointFixture(_ name: String) -> String {
    fixture("checkpoints/\(name)").path
}

extension TensorSource {
    /// The whole tensor of that name.
    func floats(_ name: String) throws -> [Float] {
        let count = tensors.first { $0.name == name }?.elementCount ?? 0
        return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            try read(name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }
}

/// The values every fixture holds: -1 and on in steps of 1/8.
func eighths(_ count: Int) -> [Float] {
    (0..<count).map { Float($0) / 8 - 1 }
}

func bytes(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

func truncate(_ path: String, to byteCount: UInt64) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: byteCount)
    try handle.close()
}

func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// Puts `contents` in place of a file's own. Cut to length afterwards and not before: ext4 brings
/// a file that was emptied and written again to the disk when it is closed.
func overwrite(_ path: String, with contents: [UInt8]) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    guard descriptor >= 0, write(descriptor, contents, contents.count) == contents.count,
        ftruncate(descriptor, off_t(contents.count)) == 0, close(descriptor) == 0
    else { throw CheckpointError.writing(path, "overwrite", errno) }
}
