/// Why a run cannot begin or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    case diverged(step: Int)
    case notResumable(path: String, fault: String)
    case otherOptimizer(path: String, saved: String, wanted: String)
    case runExists(folder: String, step: Int)
    case laterCheckpoints(folder: String, step: Int, latest: Int)
    case foreignCheckpoint(path: String)
    case otherSize(folder: String, flag: String, wanted: Int, saved: Int)
    case otherVocabulary(folder: String, wanted: String)
    case inUse(folder: String)
    case cannotWrite(path: String, reason: String)
    case notEnoughMemory(needed: Int, available: Int, remedies: [String])
    case windowTooLong(wanted: Int, context: Int)
    case unevenBatch(tokens: Int, pass: Int, nearest: Int)
    case unknownToken(vocabulary: Int, model: Int)

    public var description: String {
        switch self {
        case .diverged(let step):
            """
            the loss is no longer a number at step \(step); go on from the last checkpoint with a \
            lower --learning_rate, or with --clip 1
            """
        case .notResumable(let path, let fault):
            """
            \(path): \(fault); delete it to go on with the weights alone, or the model of the \
            same number too, to go on from the checkpoint before
            """
        case .otherOptimizer(let path, let saved, let wanted):
            """
            \(path) was saved by --optimizer \(saved), not \(wanted); go on with that one, or \
            delete the file to begin \(wanted) afresh
            """
        case .runExists(let folder, let step):
            """
            \(folder) already holds a run, at step \(step); leave --restore_from out to go on \
            with it, give another --run_name, or --overwrite to delete it
            """
        case .laterCheckpoints(let folder, let step, let latest):
            """
            \(folder) holds later checkpoints than \(step), up to \(latest), and the newest is \
            what is served; give another --run_name, or --overwrite to delete the later ones
            """
        case .foreignCheckpoint(let path):
            """
            \(path) was not saved by train, which deletes only what it saved; move it elsewhere, \
            or give another --run_name
            """
        case .otherSize(let folder, let flag, let wanted, let saved):
            """
            \(folder) holds a run whose model has \(saved) where --\(flag) says \(wanted); leave the \
            flag out, or give another --run_name
            """
        case .otherVocabulary(let folder, let wanted):
            """
            \(folder) holds a run with another vocabulary than \(wanted); leave --vocabulary out, or \
            give another --run_name
            """
        case .inUse(let folder):
            "\(folder) is being trained by another process; wait for it, or give another --run_name"
        case .cannotWrite(let path, let reason):
            """
            \(path) cannot be written: \(reason); see that there is room and that this user may \
            write there, then give the same line again, and the run goes on
            """
        case .notEnoughMemory(let needed, let available, let remedies):
            """
            this needs about \(gigabytes(needed)) of memory and \(gigabytes(available)) are free; \
            \(remedies.isEmpty ? "use a smaller model" : "try \(remedies.joined(separator: ", or "))")
            """
        case .windowTooLong(let wanted, let context):
            """
            --sample_ctx is \(wanted) and the model sees \(context) tokens; leave it out or make \
            it \(context) or less
            """
        case .unevenBatch(let tokens, let pass, let nearest):
            """
            --batch_tokens is \(tokens), which passes of \(pass) tokens cannot make; \(nearest) \
            would do
            """
        case .unknownToken(let vocabulary, let model):
            """
            the vocabulary has \(vocabulary) tokens and the model \(model); give the vocabulary \
            that the model was made with
            """
        }
    }

    private func gigabytes(_ bytes: Int) -> String {
        let tenths = (Double(bytes) / 1e8).rounded() / 10
        return "\(tenths) GB"
    }
}
