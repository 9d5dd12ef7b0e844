import Checkpoints
import Tokenizer

extension DatasetError: CustomStringConvertible {
    /// One plain sentence: what, where, and what to do about it.
    public var description: String {
        switch self {
        case .unknownEncoding(let name):
            "there is no encoding \"\(name)\"; give --encoding one of "
                + TextEncoding.names.joined(separator: ", ")
        case .outOfRange(let option, let value, let range):
            "\(option) is \(value); it must be \(range.lowerBound) to \(range.upperBound)"
        case .columnOfTokens(let path):
            "\(path): a column was asked for, and this holds tokens and no CSV; leave --csv_column "
                + "out, or name the CSV file"
        case .shardsAmongOthers(let path, let shard, let other):
            "\(path): token shards (\(shard)) lie beside other files (\(other)); name the ones to "
                + "learn with a pattern such as '\(FileKind.pattern(of: shard))'"

        case .vocabulary(let error): error.description
        case .file(let error): error.description
        case .unreadable(let path, let kind):
            "\(path): \(kind) is not what can be learned from; name a text file, or one made with "
                + "`dixie encode`"
        case .system(let path, let reason): "\(path): \(reason); check the path and the disk"
        case .tooLarge(let path, let bytes, let limit):
            "\(path): \(bytes) bytes are more than the \(limit) that this machine's memory allows "
                + "in one file; make token shards of it with `dixie encode --shards`"
        case .empty(let path):
            "\(path): there is nothing in it to learn; check that it is the right file"
        case .tooManyTokens(let path):
            "\(path): the sizes of its files add up to more than can be counted; check that they "
                + "are the right ones"

        case .binary(let path, let offset):
            "\(path): byte \(offset) is 0, so this is no text in the encoding asked for; check "
                + "that it is the right file, or say with --encoding what it is, such as utf-16"
        case .undecodable(let path, let offset, let encoding, let likely):
            "\(path): byte \(offset) is not valid \(encoding.rawValue); "
                + (likely.map { "it looks like \($0.rawValue), so give --encoding \($0.rawValue)" }
                    ?? "say with --encoding what it is, such as cp1252, or convert it")

        case .noSuchColumn(let path, let column, let count):
            "\(path): there is no column \(column); the first line has to name it, and has "
                + "\(Self.count(count, "cell"))"
        case .raggedRow(let path, let line, let cells, let expected):
            "\(path), line \(line): the row has \(Self.count(cells, "cell")) where the header has "
                + "\(expected); put cells that hold commas in double quotes"
        case .textAfterQuote(let path, let line):
            "\(path), line \(line): there is text after a cell's closing quote; write quotes "
                + "within a cell twice"
        case .openQuote(let path, let line):
            "\(path), line \(line): the quote of the cell that begins here is never closed; close "
                + "it"

        case .notChatLog(let path):
            "\(path): only a chat log of lines such as \"0|mom|Hi! <EOM>\" has a side to learn "
                + "alone; `dixie dataset check \(path)` says what is wrong with each line, and for other data leave --mask_prompt out"
        case .brokenTurns(let path, let count, let lines):
            "\(path): \(Self.broken(count, lines)); `dixie dataset check \(path)` says what is "
                + "wrong with each"
        case .nothingToLearn(let path, let side):
            "\(path): side \(side) says nothing that could be learned; check which side is the "
                + "persona's"

        case .notTokens(let path, let array, let type):
            "\(path)\(array.map { ", array \($0)" } ?? ""): it holds \(type.rawValue), and token "
                + "ids are whole numbers; make the file with `dixie encode`"
        case .tokenOutOfRange(let path, let place, let id, let vocabularySize):
            "\(path): token \(place) is \(id), and the model's ids are 0 to \(vocabularySize - 1); "
                + "encode the text again with this model's vocabulary"
        case .oddLength(let path, let bytes):
            "\(path): it has \(bytes) bytes, and tokens of 16 bits need an even number; it is cut "
                + "short or no token shard, so make it again"
        case .tooSmallToHoldOut(let path, let tokens, let windowLength):
            "\(path): \(Self.count(tokens, "token")) are too few to hold back a window of "
                + "\(windowLength) for validation; give more text, or a text of its own with "
                + "--val_dataset"

        case .vocabularyTooLarge(let count):
            "token shards hold ids of 16 bits, and the vocabulary has \(count) tokens; leave "
                + "--shards out and encode to an .npz file"
        case .shardsUnfinished(let folder, let shard):
            "\(folder) holds \(shard), so its shards were broken off, or are still being written; "
                + "remove them and encode again"
        case .shardsThere(let folder, let shard):
            "\(folder) already holds \(shard), which would be mixed up with the new shards; name "
                + "another folder or remove it"
        case .folderInUse(let folder):
            "another process is writing to \(folder); wait for it, or name another folder"
        case .shardLength(let count, let allowed):
            "a shard of \(count) tokens cannot be; ask for \(allowed.lowerBound) to "
                + "\(allowed.upperBound)"
        }
    }

    /// How many lines are no turns, and which.
    static func broken(_ count: Int, _ lines: [Int]) -> String {
        let numbers = lines.map(String.init).joined(separator: ", ")
        let rest = count > lines.count ? " and others" : ""
        return count == 1
            ? "line \(numbers) is not a turn of a chat"
            : "\(count) lines are not turns of a chat (\(numbers)\(rest))"
    }

    static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

extension CSVColumn: CustomStringConvertible {
    public var description: String {
        switch self {
        case .number(let number): "\(number) (they are counted from 0)"
        case .name(let name): "\"\(name)\""
        }
    }
}
