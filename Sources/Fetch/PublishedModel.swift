import Foundation

/// A model that is published: OpenAI's four sizes of GPT-2, or a repository on Hugging Face.
public struct PublishedModel: Equatable, Sendable {
    /// The folder it belongs in, below the models': such as `124M`.
    public let folder: String
    /// Its repository on Hugging Face, as `owner/name`; nil for a name only a source of the user's
    /// own can know.
    public let repository: String?

    static let sizes = [
        PublishedModel(folder: "124M", repository: "openai-community/gpt2"),
        PublishedModel(folder: "355M", repository: "openai-community/gpt2-medium"),
        PublishedModel(folder: "774M", repository: "openai-community/gpt2-large"),
        PublishedModel(folder: "1558M", repository: "openai-community/gpt2-xl"),
    ]

    /// What OpenAI called two of them before it had counted again.
    static let aliases = ["117M": "124M", "345M": "355M"]

    init(folder: String, repository: String?) {
        self.folder = folder
        self.repository = repository
    }

    /// The model of a name as people write it: `124M`, `117M`, `gpt2`, `gpt2-medium`,
    /// `openai-community/gpt2` or any other `owner/name`.
    ///
    /// - Parameters:
    ///   - name: what was written.
    ///   - anyName: whether a single word that is not of the published sizes is a model too, as it
    ///     may be at a source of the user's own.
    /// - Throws: `FetchError.unknownModel` for any other.
    public init(named name: String, anyName: Bool = false) throws(FetchError) {
        let folder = Self.aliases[name] ?? name
        let known = Self.sizes.first {
            $0.folder == folder || $0.repository == name
                || $0.repository == "openai-community/" + name
        }
        if let known {
            self = known
            return
        }
        // A name becomes part of a path and of an address, so only plain words will do.
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy(Self.isPlain), parts.count == 2 || anyName && parts.count == 1 else {
            throw .unknownModel(name)
        }
        self.init(folder: parts[parts.count - 1], repository: parts.count == 2 ? name : nil)
    }

    private static func isPlain(_ part: String) -> Bool {
        let isAllowed = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        return !part.isEmpty && part.utf8.count <= 96 && !part.hasPrefix(".")
            && part.utf8.allSatisfy(isAllowed)
    }
}
