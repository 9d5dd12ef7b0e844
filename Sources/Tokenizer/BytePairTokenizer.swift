import Synchronization

/// GPT-2's byte-level byte pair encoding: text to token ids and back, id for id what the original
/// encoder makes.
///
/// Any vocabulary of that kind will do, whatever its size. Safe to share between threads; encoding
/// on several at once does not wait, each borrows its own scratch space.
public final class BytePairTokenizer: Sendable {
    let vocabulary: Vocabulary
    private let table: MergeTable
    private let scratch = ScratchPool()

    /// - Parameters:
    ///   - vocabulary: the bytes of `encoder.json` or `vocab.json`.
    ///   - merges: the bytes of `vocab.bpe` or `merges.txt`.
    ///   - vocabularyName: how errors name the first.
    ///   - mergesName: how errors name the second.
    /// - Throws: `TokenizerError` with the first fault in either and its place.
    public init(
        vocabulary: [UInt8], merges: [UInt8],
        vocabularyName: String = "encoder.json", mergesName: String = "vocab.bpe"
    ) throws {
        self.vocabulary = try Vocabulary(json: vocabulary, file: vocabularyName)
        table = try MergeList.table(
            parsing: merges, file: mergesName, vocabulary: self.vocabulary,
            vocabularyFile: vocabularyName)
    }

    /// How many tokens there are; ids are 0 to one less.
    public var vocabularyCount: Int { vocabulary.count }

    /// The id of the entry `<|endoftext|>`; nil in a vocabulary without it.
    public var endOfText: TokenID? { vocabulary.endOfText }

    // MARK: - Encoding

    /// The tokens of a text. `decode` gives the same text back.
    public func encode(_ text: String, endOfText: EndOfText = .literal) -> [TokenID] {
        var text = text
        return text.withUTF8 { encode(validated: $0, endOfText: endOfText) }
    }

    /// The tokens of a text in UTF-8.
    ///
    /// Bytes that are not valid UTF-8 are first replaced by U+FFFD, one for each longest start of
    /// a sequence, as Python's `errors="replace"` and Swift's `String(decoding:as:)` do it; the
    /// tokens are then those of the text so mended. For valid UTF-8, `decode` gives the same bytes
    /// back.
    public func encode(_ bytes: [UInt8], endOfText: EndOfText = .literal) -> [TokenID] {
        encode(String(decoding: bytes, as: UTF8.self), endOfText: endOfText)
    }

    private func encode(
        validated text: UnsafeBufferPointer<UInt8>, endOfText: EndOfText
    ) -> [TokenID] {
        scratch.withScratch { scratch in
            var tokens: [TokenID] = []
            // English makes about one token of four bytes.
            tokens.reserveCapacity(text.count / 3 + 4)
            guard endOfText == .special, let special = vocabulary.endOfText else {
                append(text, to: &tokens, scratch: &scratch)
                return tokens
            }
            let mark = Array(EndOfText.spelling.utf8)
            var start = 0
            while let found = text.firstRange(of: mark, from: start) {
                append(
                    UnsafeBufferPointer(rebasing: text[start..<found]), to: &tokens,
                    scratch: &scratch)
                tokens.append(special)
                start = found + mark.count
            }
            append(
                UnsafeBufferPointer(rebasing: text[start...]), to: &tokens, scratch: &scratch)
            return tokens
        }
    }

    private func append(
        _ text: UnsafeBufferPointer<UInt8>, to tokens: inout [TokenID], scratch: inout Scratch
    ) {
        var scanner = WordScanner(text)
        while let word = scanner.next() {
            guard word.count <= WordCache.longestWord else {
                merge(word, of: text, to: &tokens, scratch: &scratch)
                continue
            }
            let key = WordCache.Key(word, of: text)
            if scratch.cache.append(key, to: &tokens) { continue }
            let start = tokens.count
            merge(word, of: text, to: &tokens, scratch: &scratch)
            scratch.cache.insert(key, tokens: tokens[start...])
        }
    }

    private func merge(
        _ word: Range<Int>, of text: UnsafeBufferPointer<UInt8>, to tokens: inout [TokenID],
        scratch: inout Scratch
    ) {
        scratch.merger.append(
            UnsafeBufferPointer(rebasing: text[word]), to: &tokens,
            byteTokens: vocabulary.byteTokens, table: table)
    }

    /// How much merging `text` takes with nothing remembered; see `WordMerger.work`.
    func mergeWork(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { bytes in
            var scratch = Scratch()
            var tokens: [TokenID] = []
            append(bytes, to: &tokens, scratch: &scratch)
            return scratch.merger.work
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where `pattern` next begins, at or after `start`.
    fileprivate func firstRange(of pattern: [UInt8], from start: Int) -> Int? {
        guard count >= pattern.count else { return nil }
        var place = start
        while place <= count - pattern.count {
            if self[place] == pattern[0],
                self[place..<place + pattern.count].elementsEqual(pattern)
            {
                return place
            }
            place += 1
        }
        return nil
    }
}
