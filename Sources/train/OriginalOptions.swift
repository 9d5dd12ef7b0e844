import ArgumentParser

/// Flags of the original that have nothing to do here: they are taken, so that old scripts run, and
/// a line says so.
struct OriginalOptions: ParsableArguments {
    @Flag(name: .customLong("save_on_ctrlc"), help: "Ctrl-C always saves.")
    var savesOnInterrupt = false

    @Flag(name: .customLong("debug_on_ctrlc"), help: "There is no Python to debug.")
    var debugsOnInterrupt = false

    @Flag(name: .customLong("debug_before_training"), help: "There is no Python to debug.")
    var debugsBefore = false

    @Flag(name: .customLong("init_tpu"), help: "There are no TPUs.")
    var initializesTPU = false

    @Flag(name: .customLong("allow_growth"), help: "There is no GPU memory to grow.")
    var allowsGrowth = false

    @Flag(name: .customLong("disable_layout_optimizer"), help: "There is no TensorFlow graph.")
    var disablesLayout = false

    @Flag(name: .customLong("save_graph"), help: "There is no TensorFlow graph.")
    var savesGraph = false

    @Flag(name: .customLong("float16"), help: "Training computes in f32.")
    var isHalf = false

    @Option(help: "Training computes in f32.")
    var dtype: String?

    @Option(help: "Training computes in f32; bf16 is for a later version.")
    var precision: Precision = .f32

    enum Precision: String, ExpressibleByArgument, CaseIterable { case f32 }

    @Flag(name: .customLong("debug_print_all_vars"), help: "List all tensors first.")
    var listsTensors = false

    @Flag(name: .customLong("debug_print_trainable_vars"), help: "List what is trained first.")
    var listsTrainable = false

    /// Says of each flag that was given why it does nothing.
    func explain() {
        let given = [
            ("save_on_ctrlc", savesOnInterrupt, "Ctrl-C always saves"),
            ("debug_on_ctrlc", debugsOnInterrupt, "there is no Python to debug"),
            ("debug_before_training", debugsBefore, "there is no Python to debug"),
            ("init_tpu", initializesTPU, "there are no TPUs"),
            ("allow_growth", allowsGrowth, "there is no GPU memory to grow"),
            ("disable_layout_optimizer", disablesLayout, "there is no TensorFlow graph"),
            ("save_graph", savesGraph, "there is no TensorFlow graph"),
            ("float16", isHalf, "training computes in f32"),
            ("dtype", dtype != nil && dtype != "float32", "training computes in f32"),
        ]
        for (flag, isGiven, reason) in given where isGiven {
            say("--\(flag) does nothing: \(reason)")
        }
    }
}
