/// Why a checkpoint cannot be read, written or found.
///
/// The cases carry the facts; `description` makes the one sentence that is shown. Names that come
/// out of a file are cut and escaped there, so a hostile file cannot write into a log.
public enum CheckpointError: Error, Sendable, Equatable {
    // MARK: The file itself

    case noSuchFile(path: String)
    /// `kind` is what it is instead: "a folder", "a device", "a pipe or socket".
    case notAFile(path: String, kind: String)
    case cannotOpen(path: String, errno: Int32)
    case cannotRead(path: String, errno: Int32)
    /// It has `size` bytes; `part` ("the header", "tensor wte") would end at byte `end`.
    case tooShort(path: String, part: String, end: Int, size: Int)
    case outOfMemory(path: String)
    /// Its size or time of writing is not what it was when it was opened.
    case changedWhileReading(path: String)

    // MARK: What is in it

    /// `part` is where ("the header", "line 1, column 7 of the header"), `fault` what is wrong
    /// there, as the end of the sentence "… <part>: <fault>".
    case malformed(path: String, part: String, fault: String)
    /// A table at the start or end of the file asks for more memory than any such table needs.
    case tooLarge(path: String, part: String, bytes: Int, limit: Int)
    case wrongChecksum(path: String, part: String)
    /// Well formed, but made with something this program does not read; `feature` names it.
    case unsupported(path: String, feature: String)
    /// Python pickles run code when they are read.
    case pickle(path: String)

    // MARK: Its tensors

    case noSuchTensor(path: String, tensor: String)
    case duplicateTensor(path: String, tensor: String)
    /// `type` as the file spells it.
    case unknownElementType(path: String, tensor: String, type: String)
    /// Integers, booleans or strings where weights are wanted.
    case notFloating(path: String, tensor: String, type: ElementType)
    case wrongShape(path: String, tensor: String, shape: [Int], expected: [Int])
    /// The bytes set aside for a tensor are not what its shape and type need.
    case wrongLength(path: String, tensor: String, bytes: Int, expected: Int)
    /// Two tensors share bytes, or bytes between two tensors belong to none.
    case overlap(path: String, tensor: String)
    case hole(path: String, tensor: String)
    case missingTensors(path: String, tensors: [String])
    case unexpectedTensors(path: String, tensors: [String])
    /// The caller's buffer has `count` places where the tensor has `expected` elements.
    case wrongBuffer(path: String, tensor: String, count: Int, expected: Int)

    // MARK: Finding one

    /// No checkpoint; `tried` lists the paths looked at.
    case noCheckpoint(folder: String, tried: [String])
    /// The text file at `path` calls `name` the latest checkpoint, and it is not there.
    case namedCheckpointGone(path: String, name: String, tried: [String])
    case severalCheckpoints(folder: String, found: [String])
    /// No configuration or vocabulary; `wanted` says which.
    case missingModelFile(wanted: String, tried: [String])

    // MARK: Writing

    case noFileName
    /// What stands where the file was to go; `kind` as in `notAFile`, or "a link that leads nowhere".
    case notReplaced(path: String, kind: String)
    case diskFull(path: String)
    /// `operation` is a verb: "create", "write", "sync", "rename".
    case cannotWrite(path: String, operation: String, errno: Int32)
    /// The caller asked for something the format cannot hold; nothing was written.
    case cannotRepresent(path: String, fault: String)
}
