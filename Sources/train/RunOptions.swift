import ArgumentParser

/// Where a run lives and when it saves. Names and defaults are the original's where it had them.
struct RunOptions: ParsableArguments {
    @Option(name: .customLong("run_name"), help: "The run's folder below the checkpoints' folder.")
    var name = "run1"

    @Option(
        name: .customLong("checkpoint_dir"),
        help: ArgumentHelp("The folder of all runs.", valueName: "dir"))
    var checkpointFolder = "checkpoint"

    @Option(
        name: .customLong("save_every"), parsing: .unconditional,
        help: ArgumentHelp("Save every so many steps; -1 is by time alone.", valueName: "steps"))
    var saveEvery = -1

    @Option(
        name: .customLong("save_time"), parsing: .unconditional,
        help: ArgumentHelp("Save every so many minutes; 0 is never.", valueName: "minutes"))
    var saveMinutes = 15.0

    @Option(name: .customLong("max_to_keep"), help: "Checkpoints to keep; 0 is all.")
    var keptCheckpoints = 5

    @Flag(help: "Delete the checkpoints of a run that is begun anew.")
    var overwrite = false

    func validate() throws {
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/") else {
            throw ValidationError("--run_name must be a plain name.")
        }
        guard saveEvery == -1 || saveEvery > 0 else {
            throw ValidationError("--save_every is \(saveEvery); it must be 1 or more, or -1.")
        }
        guard (0...1e6).contains(saveMinutes) else {
            throw ValidationError("--save_time is \(saveMinutes); it must be from 0 to 1000000.")
        }
        guard keptCheckpoints >= 0 else {
            throw ValidationError("--max_to_keep is \(keptCheckpoints); it must be 0 or more.")
        }
    }
}
