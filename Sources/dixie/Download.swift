import ArgumentParser
import Fetch
import Foundation
import Terminal

/// `dixie download`: a published GPT-2, into the models' folder.
struct DownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Fetch a published GPT-2 into the models' folder.",
        discussion: """
            What is there already is left alone, and what broke off is taken up again, as long as \
            the source still has the same file.
            """
    )

    @Argument(
        help: """
            124M, 355M, 774M or 1558M (117M and 345M are the first two), the same as Hugging Face \
            calls them (gpt2, gpt2-medium, gpt2-large, gpt2-xl), or owner/name there.
            """)
    var name: String

    @Option(name: .customLong("models_dir"), help: "The folder of all models.")
    var modelsFolder = "models"

    @Option(
        help: """
            openai: a TensorFlow checkpoint with its vocabulary. huggingface: safetensors; the \
            default for owner/name.
            """)
    var layout: ModelLayout?

    @Option(
        help: ArgumentHelp(
            """
            Another place to fetch from, in place of \(ModelLayout.openai.source) or \
            \(ModelLayout.huggingface.source). Files are looked for at URL/NAME/FILE, in Hugging \
            Face's layout at URL/OWNER/NAME/resolve/main/FILE. Any NAME will do then.
            """, valueName: "url"))
    var source: String?

    func validate() throws { try requireText(modelsFolder, of: "models_dir") }

    func run() throws {
        let layout = layout ?? (name.contains("/") ? .huggingface : .openai)
        let model = try PublishedModel(named: name, anyName: source != nil)
        let downloads = try layout.downloads(of: model, from: source, into: modelsFolder)
        let downloader = Downloader(userAgent: "dixie/\(version)")
        let folder = "\(modelsFolder)/\(model.folder)"
        let isNew = !FileManager.default.fileExists(atPath: folder)
        do {
            for download in downloads {
                try fetch(download, by: downloader)
            }
        } catch {
            // Fails where something has arrived, as it should.
            if isNew { rmdir(folder) }
            throw hinted(error)
        }
        try writeOut(
            "\(folder) is ready. Try it: dixie sample --restore_from \(quoted(folder)) "
                + "-p 'Once upon a time'\n")
    }

    /// A source of the user's own may well have the other layout, and says so with a 404 only.
    private func hinted(_ error: any Error) -> any Error {
        guard source != nil, layout == nil, !name.contains("/"),
            case FetchError.notFound(let url) = error
        else { return error }
        return WrongLayout(url: url)
    }

    private func fetch(_ download: Download, by downloader: Downloader) throws {
        let name = download.url.lastPathComponent
        var bar = ProgressBar(name)
        var rate: TransferRate?
        let outcome: DownloadOutcome
        do {
            outcome = try downloader.fetch(download) { progress in
                let now = ContinuousClock.now
                if rate == nil { rate = TransferRate(from: progress.byteCount, at: now) }
                guard let total = progress.total else { return }
                let note = rate?.note(progress.byteCount, of: total, at: now) ?? ""
                bar.update(progress.byteCount, of: total, note: note)
            }
        } catch {
            bar.finish()
            throw error
        }
        bar.finish()
        if case .alreadyThere(let byteCount) = outcome {
            writeError("\(name): already there, \(byteCount) bytes\n")
        }
    }
}

/// A source without the first file of OpenAI's layout.
private struct WrongLayout: Error, CustomStringConvertible {
    let url: URL

    var description: String {
        "\(FetchError.notFound(url)) If the source has Hugging Face's layout, add "
            + "--layout huggingface."
    }
}

extension ModelLayout: ExpressibleByArgument {}

/// A word for a shell: as it is when nothing in it means anything to one.
private func quoted(_ word: String) -> String {
    let isPlain = word.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0))
    }
    return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
}
