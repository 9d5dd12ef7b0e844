/// The lines of `vocab.bpe` (or `merges.txt`), checked against their vocabulary.
///
/// The file may begin with a line that starts with `#version`, its lines may end in CR LF, and the
/// last line may lack its end. Each other line is two tokens with one space between, in the order
/// they were learned: a merge may use bytes and what earlier lines made, nothing else. That is
/// true of every learned list, and with it all known encoders agree on what a list means.
enum MergeList {
    static func table(
        parsing text: [UInt8], file: String, vocabulary: Vocabulary, vocabularyFile: String
    ) throws -> MergeTable {
        guard String(validating: text, as: UTF8.self) != nil else {
            throw TokenizerError(.mergesNotUTF8, file: file)
        }
        let lines = lines(of: text)
        var table = MergeTable(capacity: lines.count)
        var isMade = [Bool](repeating: false, count: vocabulary.count)
        for id in vocabulary.byteTokens { isMade[Int(id)] = true }
        var rank = 0
        var joined: [UInt8] = []
        for (index, line) in lines.enumerated() {
            if index == 0, line.starts(with: Array("#version".utf8)) { continue }
            func fail(_ fault: TokenizerError.Fault) -> TokenizerError {
                TokenizerError(fault, file: file, line: index + 1)
            }
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
                throw fail(.mergeNotAPair)
            }
            func text(_ part: ArraySlice<UInt8>) -> String { String(decoding: part, as: UTF8.self) }
            joined.removeAll(keepingCapacity: true)
            let pair = try parts.map { part in
                let start = joined.count
                guard ByteAlphabet.append(part, to: &joined),
                    let id = vocabulary.id(of: joined[start...])
                else { throw fail(.mergePartUnknown(part: text(part))) }
                guard isMade[Int(id)] else { throw fail(.mergePartNotYetMade(part: text(part))) }
                return id
            }
            guard let result = vocabulary.id(of: joined[...]) else {
                throw fail(.mergeResultUnknown(result: parts.map(text).joined()))
            }
            let earlier = table[pair[0], pair[1]]
            guard earlier == .none else {
                // Every line but a first `#version` has the rank of its place.
                throw fail(.mergeTwice(firstLine: Int(earlier.rank) + 1 + index - rank))
            }
            isMade[Int(result)] = true
            table.insert(pair[0], pair[1], MergeTable.Merge(rank: rank, result: result))
            rank += 1
        }
        let unmade = countUnmade(isMade, in: vocabulary)
        guard unmade == 0 else {
            throw TokenizerError(
                .tokensNotMade(count: unmade, vocabulary: vocabularyFile), file: file)
        }
        return table
    }

    /// Turn marks and the like; no fine-tuned model has as many.
    private static let mostAddedEntries = 64

    /// How many tokens lack the merge that makes them, as all do whose line was cut off.
    ///
    /// Entries that were added to a vocabulary need none. They stand at either end of the ids: after
    /// all that was learned and the mark of the text's end, or before everything.
    private static func countUnmade(_ isMade: [Bool], in vocabulary: Vocabulary) -> Int {
        // Bytes are always made, so there is a first and a last.
        guard let first = isMade.firstIndex(of: true), let last = isMade.lastIndex(of: true)
        else { return 0 }
        let endOfText = vocabulary.endOfText.map { Int($0) }
        let learned = first...max(last, endOfText ?? last)
        let missing = learned.count { !isMade[$0] && $0 != endOfText }
        let added = isMade.count - learned.count
        return added > mostAddedEntries ? missing + added : missing
    }

    private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
