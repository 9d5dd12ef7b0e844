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
        var isMade = [Bool](repeating: false, count: vocabulary.count)
        for id in vocabulary.byteTokens { isMade[Int(id)] = true }
        let table = try text.withUnsafeBufferPointer { text in
            let lines = lines(of: text)
            var table = MergeTable(capacity: lines.count)
            var rank = 0
            var joined: [UInt8] = []
            for (index, range) in lines.enumerated() {
                let line = UnsafeBufferPointer(rebasing: text[range])
                if index == 0, line.starts(with: "#version".utf8) { continue }
                func fail(_ fault: TokenizerError.Fault) -> TokenizerError {
                    TokenizerError(fault, file: file, line: index + 1)
                }
                guard let (left, right) = pair(in: line) else { throw fail(.mergeNotAPair) }
                joined.removeAll(keepingCapacity: true)
                func id(of part: UnsafeBufferPointer<UInt8>) throws -> TokenID {
                    let start = joined.count
                    guard ByteAlphabet.append(part, to: &joined),
                        let id = joined[start...].withUnsafeBufferPointer(vocabulary.id(of:))
                    else { throw fail(.mergePartUnknown(part: spelling(part))) }
                    guard isMade[Int(id)] else {
                        throw fail(.mergePartNotYetMade(part: spelling(part)))
                    }
                    return id
                }
                let first = try id(of: left)
                let second = try id(of: right)
                guard let result = joined.withUnsafeBufferPointer(vocabulary.id(of:)) else {
                    throw fail(.mergeResultUnknown(result: spelling(left) + spelling(right)))
                }
                let earlier = table[first, second]
                guard earlier == .none else {
                    // Every line but a first `#version` has the rank of its place.
                    throw fail(.mergeTwice(firstLine: Int(earlier.rank) + 1 + index - rank))
                }
                isMade[Int(result)] = true
                table.insert(first, second, MergeTable.Merge(rank: rank, result: result))
                rank += 1
            }
            return table
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

    private static func spelling(_ part: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: part, as: UTF8.self)
    }

    /// Two parts with one space between.
    private static func pair(
        in line: UnsafeBufferPointer<UInt8>
    ) -> (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>)? {
        let space = UInt8(ascii: " ")
        guard let cut = line.firstIndex(of: space), cut > 0, cut + 1 < line.count,
            !line[(cut + 1)...].contains(space)
        else { return nil }
        return (
            UnsafeBufferPointer(rebasing: line[..<cut]),
            UnsafeBufferPointer(rebasing: line[(cut + 1)...])
        )
    }

    /// Where the lines stand, without their ends, up to the last that is not empty.
    private static func lines(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        lines.reserveCapacity(text.count / 8)
        var start = 0
        while start <= text.count {
            var end = start
            while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
            let isCut = end > start && text[end - 1] == UInt8(ascii: "\r")
            lines.append(start..<(isCut ? end - 1 : end))
            start = end + 1
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
