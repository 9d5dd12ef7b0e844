import Foundation

/// The names under which a vocabulary's two files are published.
public enum VocabularyFiles: CaseIterable, Sendable {
    /// `encoder.json` and `vocab.bpe`.
    case openAI
    /// `vocab.json` and `merges.txt`.
    case huggingFace

    public var vocabulary: String {
        switch self {
        case .openAI: "encoder.json"
        case .huggingFace: "vocab.json"
        }
    }

    public var merges: String {
        switch self {
        case .openAI: "vocab.bpe"
        case .huggingFace: "merges.txt"
        }
    }

    /// Which of the pairs `folder` holds whole; OpenAI's when it holds both.
    public static func found(in folder: String) -> VocabularyFiles? {
        allCases.first { names in
            [names.vocabulary, names.merges].allSatisfy {
                FileManager.default.fileExists(atPath: path($0, in: folder))
            }
        }
    }

    static func path(_ name: String, in folder: String) -> String {
        URL(fileURLWithPath: folder).appendingPathComponent(name).path
    }
}

extension BytePairTokenizer {
    /// Reads a vocabulary from its two files.
    ///
    /// - Throws: `TokenizerError` naming the file.
    public static func load(vocabulary: String, merges: String) throws -> BytePairTokenizer {
        try BytePairTokenizer(VocabularyBytes(vocabulary: vocabulary, merges: merges))
    }

    /// Reads the vocabulary of a model's folder, under either pair of names.
    ///
    /// - Throws: `TokenizerError` naming the folder, or the file at fault.
    public static func load(folder: String) throws -> BytePairTokenizer {
        guard let names = VocabularyFiles.found(in: folder) else {
            let pairs = VocabularyFiles.allCases.map { "\($0.vocabulary) and \($0.merges)" }
            throw TokenizerError(.noVocabulary(looked: pairs), file: folder)
        }
        return try load(
            vocabulary: VocabularyFiles.path(names.vocabulary, in: folder),
            merges: VocabularyFiles.path(names.merges, in: folder))
    }
}
