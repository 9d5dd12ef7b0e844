/// A checkpoint that was found, not yet opened.
public struct CheckpointFile: Sendable, Equatable {
    /// The file; of a TensorFlow bundle its `.index`, of a sharded model its index.
    public let path: String
    /// The step in a name like `model-500.hdf5`.
    public let step: Int?

    public init(path: String, step: Int? = nil) {
        self.path = path
        self.step = step
    }
}

/// What a file's name says it is.
enum CheckpointSuffix: String, CaseIterable {
    // In the order they are preferred where two hold the same step.
    case safetensors
    case hdf5
    case h5
    case npz
    case index

    init?(of name: String) {
        guard let dot = name.lastIndex(of: "."),
            let suffix = CheckpointSuffix(rawValue: String(name[name.index(after: dot)...]))
        else { return nil }
        self = suffix
    }

    /// Names under which people keep pickles of weights.
    static func isPickle(_ name: String) -> Bool {
        [".bin", ".pt", ".pth", ".pkl", ".pickle", ".npy"].contains { name.hasSuffix($0) }
    }
}

/// The N and M of `model-N.hdf5` and `model-N-M.hdf5`, the names a fine-tuned run saves under.
struct CheckpointNumber: Comparable {
    let step: Int
    let part: Int

    /// Of a name with any suffix.
    init?(_ name: String) {
        guard name.hasPrefix("model-"), let dot = name.lastIndex(of: ".") else { return nil }
        let numbers = name[..<dot].dropFirst("model-".count)
            .split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        let isPlain = numbers.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard isPlain, numbers.count <= 2, let step = numbers.first.flatMap({ Int($0) }) else {
            return nil
        }
        guard numbers.count == 1 || Int(numbers[1]) != nil else { return nil }
        self.step = step
        self.part = numbers.count == 2 ? Int(numbers[1]) ?? 0 : 0
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.step, left.part) < (right.step, right.part)
    }
}

/// A checkpoint of a kind that is read, saved under a number.
struct NumberedCheckpoint: Comparable {
    let number: CheckpointNumber
    let suffix: CheckpointSuffix

    init?(_ name: String) {
        guard let suffix = CheckpointSuffix(of: name), let number = CheckpointNumber(name) else {
            return nil
        }
        self.number = number
        self.suffix = suffix
    }

    /// The later and, of the same moment, the preferred is the greater.
    static func < (left: Self, right: Self) -> Bool {
        let order = CheckpointSuffix.allCases
        return (left.number, -(order.firstIndex(of: left.suffix) ?? 0))
            < (right.number, -(order.firstIndex(of: right.suffix) ?? 0))
    }
}
