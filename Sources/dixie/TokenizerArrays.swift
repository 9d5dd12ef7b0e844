import Checkpoints
import Tokenizer

/// Reads the token ids that `dixie encode` and the original's `encode.py` write.
enum TokenizerArrays {
    /// Every array of an `.npz` file as token ids, in the file's order, whatever their shape.
    ///
    /// - Throws: `CheckpointError` when the file cannot be read, `NotTokens` when it holds
    ///   something else.
    static func read(_ path: String, vocabularyCount: Int) throws -> [[TokenID]] {
        let reader = try NPZReader(path: path)
        return try reader.names.map { name in
            guard let numbers = try reader.array(named: name).integers else {
                throw NotTokens(path: path, array: name, id: nil, vocabularyCount: vocabularyCount)
            }
            return try numbers.map { number in
                guard (0..<vocabularyCount).contains(number), let id = TokenID(exactly: number)
                else {
                    throw NotTokens(
                        path: path, array: name, id: number, vocabularyCount: vocabularyCount)
                }
                return id
            }
        }
    }
}

/// An array that does not hold ids of the vocabulary.
private struct NotTokens: Error, CustomStringConvertible {
    let path: String
    let array: String
    /// The number that is no id; nil where the array does not hold whole numbers.
    let id: Int?
    let vocabularyCount: Int

    var description: String {
        guard let id else {
            return "\(path), array \(array): token ids must be whole numbers; "
                + "make the file with dixie encode"
        }
        return "\(path), array \(array): there is no token \(id) among \(vocabularyCount); "
            + "use the --model_name that the file was made with"
    }
}
