import Compute
import JSON

/// Why a model cannot be made from what is on disk.
public enum GPT2Error: Error, Equatable, CustomStringConvertible {
    case unreadableConfiguration(path: String, reason: String)
    case impossibleConfiguration(String)
    case duplicateTensor(path: String, names: [String])
    case untiedHead(path: String, name: String)
    case notFinite(path: String, name: String)
    case logitsNotFinite
    case tooWide(width: Int, format: WeightFormat, most: Int)

    public var description: String {
        switch self {
        case .unreadableConfiguration(let path, let reason):
            return
                "\(shown(path)): \(shown(reason)); use the configuration that belongs to the checkpoint"
        case .impossibleConfiguration(let reason):
            return "the model's configuration is impossible: \(shown(reason))"
        case .duplicateTensor(let path, let names):
            return "\(shown(path)): \(names.joined(separator: " and ")) are the same parameter; "
                + "save the model under one set of names"
        case .untiedHead(let path, let name):
            return "\(shown(path)): \(name) differs from the token embedding; "
                + "a model with an output head of its own is not supported"
        case .notFinite(let path, let name):
            return "\(shown(path)): tensor \(name) holds values that are not finite; "
                + "the training that wrote it diverged, so use an earlier checkpoint"
        case .logitsNotFinite:
            return "the model computed values that are not finite; "
                + "its weights are too large, so use an earlier checkpoint"
        case .tooWide(let width, let format, let most):
            return "the model is \(width) wide and \(format.rawValue) goes up to \(most); "
                + "serve it in f32 or bf16"
        }
    }
}
