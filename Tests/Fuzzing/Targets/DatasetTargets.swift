import Chat
import JSON

@testable import Datasets

extension FuzzTarget {
    /// A chat log, read as training, the inspector and the chat room read it.
    static let chatLog = FuzzTarget("chat_log") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let log = ChatLog(text)
        _ = log.isLikely
        if (try? log.check()) != nil {
            for side in 0...1 {
                var end = 0
                for range in log.said(by: side) {
                    try Finding.unless(
                        range.lowerBound >= end && range.upperBound <= text.utf8.count,
                        "what is learned is not in the text, or not in order")
                    end = range.upperBound
                }
            }
        }
        let written = Transcript(reading: text).text
        try Finding.unless(
            (try? Transcript(strictly: written).text) == written, "a log that we wrote is refused")
        do {
            let report = try DatasetInspector.inspect(bytes, path: "log.txt")
            _ = report.text("log.txt")
            _ = try JSONParser.parse(Array(report.json.utf8))
        } catch is DatasetInspectionError {}
    }

    /// One column of a table; the first byte says which.
    static let csv = FuzzTarget("csv") { bytes in
        let column = bytes.first.flatMap { $0 < 8 ? CSVColumn.number(Int($0)) : nil }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        do {
            let rows = try CSVReader.trainingText(of: text, column: column, path: "table.csv")
            // By bytes: a cell's combining mark makes another character of the ">" before it.
            try Finding.unless(
                rows.isEmpty
                    || rows.utf8.starts(with: "<|startoftext|>".utf8)
                        && rows.utf8.suffix(14).elementsEqual("<|endoftext|>\n".utf8),
                "a row is not between its marks")
        } catch let error as DatasetError {
            _ = error.description
        }
    }

    /// A text in each encoding, and prepared in each, whole and in pieces.
    static let textEncodings = FuzzTarget("text_encodings") { bytes in
        for encoding in TextEncoding.allCases {
            do {
                _ = try encoding.text(of: bytes)
            } catch let error as TextEncoding.Undecodable {
                try Finding.unless(
                    (0...bytes.count).contains(error.offset), "the fault is outside the text")
            }
        }
        for encoding in TextPreparer.Encoding.allCases {
            try Finding.unless(
                prepared([bytes[...]], encoding) == prepared(Pieces.cut(bytes), encoding),
                "pieces are prepared into another text")
        }
    }

    private static func prepared(
        _ pieces: [ArraySlice<UInt8>], _ encoding: TextPreparer.Encoding
    ) throws -> [UInt8]? {
        var preparer = TextPreparer(encoding: encoding, path: "text.txt")
        do {
            return try pieces.flatMap { try preparer.append($0) } + preparer.finish()
        } catch is PreparationError {
            return nil
        }
    }
}
