import Glibc
import JSON

extension CheckpointError: CustomStringConvertible {
    /// One plain sentence or two: what, where, and what to do about it.
    public var description: String {
        switch self {
        case .noSuchFile(let path):
            "There is no file \(shown(path)). Check the path."
        case .notAFile(let path, let kind):
            "\(shown(path)) is \(kind), not a file. Name the checkpoint's file."
        case .cannotOpen(let path, let errno):
            "\(shown(path)) cannot be opened: \(reason(errno)). "
                + "Check who may read it and the folders above it."
        case .cannotRead(let path, let errno):
            "\(shown(path)) cannot be read: \(reason(errno)). The disk may be failing."
        case .tooShort(let path, let part, let end, let size):
            "\(shown(path)) is cut short: \(shown(part)) would end at byte \(end) of \(size). "
                + again
        case .outOfMemory(let path):
            "There is not enough memory to work on \(shown(path))."
        case .changedWhileReading(let path):
            "\(shown(path)) was changed while it was being read. "
                + "Load it again when whatever writes it is done."

        case .malformed(let path, let part, let fault):
            "\(shown(path)) is damaged or not what its name says: \(shown(part)): "
                + "\(shown(fault)). \(again)"
        case .tooLarge(let path, let part, let bytes, let limit):
            "\(shown(path)) is damaged or not what its name says: \(shown(part)) claims "
                + "\(bytes) bytes, more than the \(limit) allowed. \(again)"
        case .wrongChecksum(let path, let part):
            "\(shown(path)) is damaged: the checksum of \(shown(part)) is wrong. \(again)"
        case .unsupported(let path, let feature):
            "\(shown(path)) uses \(shown(feature)), which is not supported. "
                + "Save the model again as safetensors."
        case .pickle(let path):
            "\(shown(path)) is a Python pickle, which runs code when it is read, and is refused. "
                + pickleConversion(path)

        case .noSuchTensor(let path, let tensor):
            "\(shown(path)) has no tensor \(shown(tensor))."
        case .duplicateTensor(let path, let tensor):
            "\(shown(path)) has the tensor \(shown(tensor)) twice. \(again)"
        case .unknownElementType(let path, let tensor, let type):
            "\(shown(path)): tensor \(shown(tensor)) is stored as \(shown(type)), "
                + "which is not supported. Save it as float32, float16 or bfloat16."
        case .notFloating(let path, let tensor, let type):
            "\(shown(path)): tensor \(shown(tensor)) holds \(type.rawValue), "
                + "which cannot be weights. Save it as float32, float16 or bfloat16."
        case .wrongShape(let path, let tensor, let shape, let expected):
            "\(shown(path)): tensor \(shown(tensor)) has the shape \(shape) "
                + "where \(expected) is needed. Check that the configuration is this model's."
        case .wrongLength(let path, let tensor, let bytes, let expected):
            "\(shown(path)) is damaged: tensor \(shown(tensor)) has \(bytes) bytes "
                + "where its shape and type need \(expected). \(again)"
        case .overlap(let path, let tensor):
            "\(shown(path)) is damaged: tensor \(shown(tensor)) overlaps another. \(again)"
        case .hole(let path, let tensor):
            "\(shown(path)) is damaged: bytes before tensor \(shown(tensor)) belong to none. "
                + again
        case .missingTensors(let path, let tensors):
            "\(shown(path)) lacks \(list(tensors, of: "tensor")). "
                + "Check that the configuration is this model's."
        case .unexpectedTensors(let path, let tensors):
            "\(shown(path)) has \(list(tensors, of: "tensor")) that the model does not. "
                + "Check that the configuration is this model's."
        case .wrongBuffer(let path, let tensor, let count, let expected):
            "\(shown(path)): tensor \(shown(tensor)) has \(expected) elements "
                + "and was to be read into room for \(count)."

        case .noCheckpoint(let folder, let tried):
            "There is no checkpoint in \(shown(folder)). \(looked(tried))"
        case .namedCheckpointGone(let path, let name, let tried):
            "\(shown(path)) names the checkpoint \(shown(name)), which is gone or empty. "
                + "\(looked(tried)) Put it back, or name the checkpoint to load."
        case .severalCheckpoints(let folder, let found):
            "\(shown(folder)) holds several checkpoints (\(list(found, of: nil))). "
                + "Name the one to load."
        case .missingModelFile(let wanted, let tried):
            "The model has no \(shown(wanted)). \(looked(tried)) `dixie download` fetches a "
                + "published model; --model_name and --vocabulary say where others are."

        case .noFileName:
            "The file to write has an empty name. Name a file."
        case .notReplaced(let path, let kind):
            "\(shown(path)) is \(kind); name a file."
        case .diskFull(let path):
            "\(shown(path)) could not be written: the disk is full. "
                + "Nothing was left behind; free some space and try again."
        case .cannotWrite(let path, let operation, let errno):
            "\(shown(path)) could not be written (\(operation)): \(reason(errno)). "
                + "Check the disk and who may write to the folder."
        case .cannotRepresent(let path, let fault):
            "\(shown(path)) was not written: \(shown(fault))."
        }
    }
}

private let again = "Copy or download it again."

private func reason(_ errno: Int32) -> String {
    String(cString: strerror(errno))
}

private func looked(_ tried: [String]) -> String {
    tried.isEmpty ? "" : "Looked for \(list(tried, of: nil))."
}

/// "tensor a", "tensors a, b and c", "tensors a, b, c and 145 more".
private func list(_ names: [String], of kind: String?) -> String {
    let most = 12
    let head = names.prefix(most).map { shown($0) }
    let prefix = kind.map { names.count == 1 ? "the \($0) " : "the \($0)s " } ?? ""
    if names.count > most {
        return prefix + head.joined(separator: ", ") + " and \(names.count - most) more"
    }
    guard let last = head.last, head.count > 1 else { return prefix + head.joined() }
    return prefix + head.dropLast().joined(separator: ", ") + " and " + last
}

/// How to make a checkpoint that is read out of a pickle, in lines to paste into Python.
///
/// It is saved beside the pickle and under its number, so that it is found in its stead.
private func pickleConversion(_ path: String) -> String {
    let name = Path.name(of: path)
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    let suffix = name.hasSuffix(".safetensors") ? "-converted.safetensors" : ".safetensors"
    let target = pythonString(Path.sibling(stem + suffix, of: path))
    let source = pythonString(path)
    if name.hasSuffix(".npy") || name.hasSuffix(".npz") {
        return "Convert it where you trust it, in Python with NumPy: "
            + "`import numpy, safetensors.numpy as s`, "
            + "`d = dict(numpy.load(\(source), allow_pickle=True))` and "
            + "`s.save_file({k: numpy.ascontiguousarray(v) for k, v in d.items()}, \(target))`."
    }
    return "Convert it where you trust it, in Python with PyTorch: "
        + "`import torch, safetensors.torch as s`, "
        + "`d = torch.load(\(source), map_location=\"cpu\")` and "
        + "`s.save_file({k: v.clone().contiguous() for k, v in d.items()}, \(target))`."
}

/// A text between quotes as Python reads it.
private func pythonString(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(shown(escaped))\""
}
