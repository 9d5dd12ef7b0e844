import Crypto
import Foundation

/// The two ways GPT-2 is published: which files, and where.
public enum ModelLayout: String, CaseIterable, Sendable {
    /// A TensorFlow checkpoint with its vocabulary, as OpenAI published it.
    case openai
    /// A safetensors file with its configuration and vocabulary.
    case huggingface

    /// Where the layout is published, for `{name}` or `{owner}/{name}` to follow.
    public var source: String {
        switch self {
        case .openai: "https://openaipublic.blob.core.windows.net/gpt-2/models"
        case .huggingface: "https://huggingface.co"
        }
    }

    /// The files of a model, the largest last: a wrong address shows before anything large is
    /// fetched, and a folder without its weights is plainly not finished.
    ///
    /// All seven of OpenAI's are fetched, `model.ckpt.meta` too: it is TensorFlow's graph, which
    /// dixie does not read, but without it other tools do not take the folder for a checkpoint.
    public var files: [String] {
        switch self {
        case .openai:
            [
                "hparams.json", "encoder.json", "vocab.bpe", "checkpoint", "model.ckpt.index",
                "model.ckpt.meta", "model.ckpt.data-00000-of-00001",
            ]
        case .huggingface: ["config.json", "vocab.json", "merges.txt", "model.safetensors"]
        }
    }

    /// What to fetch for `model`.
    ///
    /// - Parameters:
    ///   - model: which one.
    ///   - source: where from; nil for where it is published. A file is then looked for at
    ///     `source/NAME/file` in OpenAI's layout, and at `source/OWNER/NAME/resolve/main/file` in
    ///     Hugging Face's, as its mirrors have it.
    ///   - models: the folder of all models; the files go to a folder of the model's name in it.
    /// - Returns: one download a file, in the order to fetch them in.
    /// - Throws: `FetchError` when the source is no address, or has no such layout of the model.
    public func downloads(
        of model: PublishedModel, from source: String? = nil, into models: String
    ) throws(FetchError) -> [Download] {
        let base = source ?? self.source
        guard let url = URL(string: base) else { throw .badAddress(base) }
        try RedirectPolicy.check(url)
        let isPublished = PublishedModel.sizes.contains(model)
        let place: String
        switch self {
        case .openai:
            guard isPublished || source != nil else {
                throw .unknownModel(model.repository ?? model.folder)
            }
            place = model.folder
        case .huggingface: place = "\(model.repository ?? model.folder)/resolve/main"
        }
        let folder = URL(fileURLWithPath: models).appendingPathComponent(model.folder)
        return files.map { file in
            let known = isPublished ? KnownFile.published[self]?[file] : nil
            return Download(
                url.appendingPathComponent(place).appendingPathComponent(file),
                to: folder.appendingPathComponent(file).path,
                byteCount: known?.byteCount, digest: known?.digest,
                tagIsDigest: self == .huggingface)
        }
    }
}
