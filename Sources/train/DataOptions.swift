import ArgumentParser
import Datasets
import Training

/// What a run learns from. Names and defaults are the original's where it had them.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            What to learn: a text file, a chat log, a CSV file, a folder, a pattern such as \
            'chats/*.txt', an .npz of `dixie encode`, or token shards.
            """, valueName: "path"))
    var dataset: String

    @Option(
        help: ArgumentHelp(
            "Texts of several files are joined until there are this many characters.",
            valueName: "characters"))
    var combine = 50_000

    @Option(
        help: ArgumentHelp("How the text's characters are written.", valueName: "name"),
        transform: { try TextEncoding(named: $0) })
    var encoding = TextEncoding.utf8

    @Option(
        name: .customLong("csv_column"),
        help: ArgumentHelp(
            "The column of a CSV file, by its name or counted from 0; the first if left out.",
            valueName: "name|number"), transform: { CSVColumn($0) })
    var csvColumn: CSVColumn?

    @Flag(
        name: .customLong("mask_prompt"),
        help: "Learn only what the persona says in a chat log, and nothing of the other side.")
    var masksPrompt = false

    @Option(
        name: .customLong("persona_side"),
        help: "The side of the log that the persona speaks on, 0 or 1, for --mask_prompt.")
    var personaSide = 0

    @Option(help: "In which order windows come; token shards one after another, others at random.")
    var order: DatasetOptions.Order?

    @Option(
        name: .customLong("sample_ctx"), parsing: .unconditional,
        help: "The tokens of a window; -1 is as many as the model sees.")
    var windowLength = -1

    @Option(
        name: .customLong("val_dataset"),
        help: ArgumentHelp(
            "What to validate on; the last tenth of the dataset if left out.", valueName: "path"))
    var validationDataset: String?

    @Option(name: .customLong("val_batch_size"), help: "Windows in one pass of a validation.")
    var validationBatchSize = 1

    @Option(name: .customLong("val_batch_count"), help: "Passes of a validation.")
    var validationBatchCount = 80

    @Option(
        name: .customLong("val_every"),
        help: ArgumentHelp(
            "Validate every so many steps; 0 is never, or with --patience every 100.",
            valueName: "steps"))
    private var validateEvery = 0

    /// Steps between validations; 0 for never.
    var validationInterval: Int { validateEvery == 0 && patience > 0 ? 100 : validateEvery }

    @Option(
        help: """
            Stop after so many validations without a lower loss, and keep the model of the lowest; \
            0 is never.
            """)
    var patience = 0

    func validate() throws {
        let atLeastOne = [
            ("combine", combine), ("val_batch_size", validationBatchSize),
            ("val_batch_count", validationBatchCount),
        ]
        for (flag, value) in atLeastOne where value < 1 {
            throw ValidationError("--\(flag) is \(value); it must be 1 or more.")
        }
        for (flag, value) in atLeastOne where value > 1_000_000_000 {
            throw ValidationError("--\(flag) is \(value); it must be at most 1000000000.")
        }
        for (flag, value) in [("val_every", validateEvery), ("patience", patience)] where value < 0
        {
            throw ValidationError("--\(flag) is \(value); it must be 0 or more.")
        }
        guard windowLength == -1 || windowLength > 0 else {
            throw ValidationError("--sample_ctx is \(windowLength); it must be 1 or more.")
        }
        guard (0...1).contains(personaSide) else {
            throw ValidationError("--persona_side is \(personaSide); it must be 0 or 1.")
        }
    }

    func options(path: String, windowLength: Int, seed: UInt64, stream: UInt32) -> DatasetOptions {
        DatasetOptions(
            path: path, windowLength: windowLength, seed: seed, stream: stream, combine: combine,
            encoding: encoding, csvColumn: csvColumn, maskPrompt: masksPrompt ? personaSide : nil,
            order: order)
    }
}

extension DatasetOptions.Order: ExpressibleByArgument {}
