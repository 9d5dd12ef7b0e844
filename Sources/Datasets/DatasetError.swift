import Checkpoints
import Foundation
import Tokenizer

/// Why there is nothing to learn from, or not as asked.
///
/// The cases carry the facts; `description` makes the one sentence that is shown. No text that
/// was to be learned is ever in an error.
public enum DatasetError: Error, Sendable, Equatable {
    // MARK: What was asked

    case unknownEncoding(String)
    /// `option` is what it is called in a sentence: "the window".
    case outOfRange(option: String, value: Int, ClosedRange<Int>)
    /// A column was named, and there is no text that could have one.
    case columnOfTokens(path: String)
    /// Token shards lie beside other files; `shard` and `other` are one of each.
    case shardsAmongOthers(path: String, shard: String, other: String)

    // MARK: Files

    case vocabulary(TokenizerError)
    case file(CheckpointError)
    /// What it is or holds instead of text or tokens: "a pipe or socket", "a Python pickle".
    case unreadable(path: String, kind: String)
    /// A failure of the system that none of the others foresees.
    case system(path: String, reason: String)
    case tooLarge(path: String, bytes: Int, limit: Int)
    /// No text and no tokens in it.
    case empty(path: String)
    case tooManyTokens(path: String)

    // MARK: Texts

    /// The byte at `offset` is 0, which no text has.
    case binary(path: String, offset: Int)
    /// `likely` is what the file's first bytes say it is instead.
    case undecodable(path: String, offset: Int, as: TextEncoding, likely: TextEncoding?)

    // MARK: CSV; lines are counted from 1

    case noSuchColumn(path: String, column: CSVColumn, count: Int)
    case raggedRow(path: String, line: Int, cells: Int, expected: Int)
    case textAfterQuote(path: String, line: Int)
    case openQuote(path: String, line: Int)

    // MARK: Chat logs

    case notChatLog(path: String)
    /// `lines` are the first of `count` that are not turns.
    case brokenTurns(path: String, count: Int, lines: [Int])
    /// The side to be learned says nothing, or nothing that follows another token.
    case nothingToLearn(path: String, side: Int)

    // MARK: Tokens

    /// `array` is nil where the file has only one.
    case notTokens(path: String, array: String?, type: ElementType)
    /// `place` counts tokens from 0 in the file or its array.
    case tokenOutOfRange(path: String, place: Int, id: Int, vocabularySize: Int)
    case oddLength(path: String, bytes: Int)
    /// A part for validation would leave too few for training.
    case tooSmallToHoldOut(path: String, tokens: Int, windowLength: Int)

    // MARK: Writing shards

    case vocabularyTooLarge(count: Int)
    /// Of a set that was never finished; `shard` is hidden.
    case shardsUnfinished(folder: String, shard: String)
    case shardsThere(folder: String, shard: String)
    /// Another process writes shards there.
    case folderInUse(String)
    case shardLength(Int, allowed: ClosedRange<Int>)
}

extension DatasetError {
    /// What an error about a checkpoint's file means where the file should hold tokens or text.
    private init(_ error: CheckpointError) {
        self =
            switch error {
            case .notAFile(let path, let kind): .unreadable(path: path, kind: kind)
            case .unsupported(let path, let feature): .unreadable(path: path, kind: feature)
            case .pickle(let path): .unreadable(path: path, kind: "a Python pickle")
            case .unknownElementType(let path, _, let type):
                .unreadable(path: path, kind: "an array of \(type)")
            default: .file(error)
            }
    }

    /// Does `body`, and makes what it throws an error of this module.
    ///
    /// - Parameters:
    ///   - path: the file or data set, for errors that name none.
    ///   - body: the work.
    /// - Returns: what `body` returned.
    /// - Throws: what `body` threw.
    static func naming<Result>(
        _ path: String, _ body: () throws -> Result
    ) throws(DatasetError) -> Result {
        do {
            return try body()
        } catch let error as DatasetError {
            throw error
        } catch let error as CheckpointError {
            throw DatasetError(error)
        } catch let error as TokenizerError {
            throw .vocabulary(error)
        } catch {
            let error = error as NSError
            let reason = error.localizedFailureReason ?? error.localizedDescription
            throw .system(path: path, reason: reason.trimmingCharacters(in: ["."]))
        }
    }
}
