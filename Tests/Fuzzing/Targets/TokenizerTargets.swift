import Foundation
import Tokenizer

extension FuzzTarget {
    /// A vocabulary's two files; with one that is good, text comes back as it went in.
    static let tokenizerFiles = FuzzTarget("tokenizer_files") { bytes in
        let (vocabulary, merges) = Pieces.two(bytes)
        do {
            let tokenizer = try BytePairTokenizer(vocabulary: vocabulary, merges: merges)
            let text = Array("The cat's naïve\n 123 \u{1F600}<|endoftext|>\0".utf8)
            for endOfText in [EndOfText.literal, .special] {
                let tokens = tokenizer.encode(text, endOfText: endOfText)
                try Finding.unless(tokenizer.decode(tokens) == text, "the text comes back changed")
            }
        } catch let error as TokenizerError {
            _ = error.description
        }
    }

    /// Any bytes, encoded and decoded; and the same bytes as ids, decoded whole and one by one.
    static let tokenizerText = FuzzTarget("tokenizer_text") { bytes in
        let tokenizer = try small.get()
        let mended = Array(String(decoding: bytes, as: UTF8.self).utf8)
        for endOfText in [EndOfText.literal, .special] {
            let tokens = tokenizer.encode(bytes, endOfText: endOfText)
            try Finding.unless(tokenizer.decode(tokens) == mended, "the text comes back changed")
            try Finding.unless(
                streamed(tokens, tokenizer) == tokenizer.decodeText(tokens),
                "pieces make another text")
        }
        let count = tokenizer.vocabularyCount
        let ids = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            TokenID((Int(bytes[index]) | Int(bytes[index + 1]) << 8) % count)
        }
        try Finding.unless(
            streamed(ids, tokenizer) == tokenizer.decodeText(ids), "pieces make another text")
        guard let last = bytes.last else { return }
        do {
            _ = try tokenizer.decode([TokenID(count + Int(last)), -1 - TokenID(last)])
            throw Finding("a token that is none is decoded")
        } catch is TokenizerError {}
    }

    private static func streamed(
        _ ids: [TokenID], _ tokenizer: BytePairTokenizer
    ) throws -> String {
        var decoder = StreamingDecoder(tokenizer)
        return try ids.map { try decoder.append($0) }.joined() + decoder.finish()
    }

    private static let small = Result {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Fixtures/tokenizer/small").standardizedFileURL.path
        return try BytePairTokenizer.load(folder: folder)
    }
}
