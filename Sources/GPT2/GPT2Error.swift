/// Why a model cannot be made from what is on disk.
public enum GPT2Error: Error, Equatable, CustomStringConvertible {
    case unreadableConfiguration(path: String, reason: String)
    case impossibleConfiguration(String)
    case missingTensors(path: String, names: [String])
    case unexpectedTensors(path: String, names: [String])
    case wrongShape(path: String, name: String, found: [Int], expected: [Int])
    case duplicateTensor(path: String, names: [String])
    case untiedHead(path: String, name: String)
    case notFinite(path: String, name: String)
    case logitsNotFinite

    public var description: String {
        switch self {
        case .unreadableConfiguration(let path, let reason):
            return "\(path): \(reason); use the configuration that belongs to the checkpoint"
        case .impossibleConfiguration(let reason):
            return "the model's configuration is impossible: \(reason)"
        case .missingTensors(let path, let names):
            return "\(path): \(Self.list(names)) missing; "
                + "is this a whole GPT-2 checkpoint, and does its configuration say n_layer right?"
        case .unexpectedTensors(let path, let names):
            return "\(path): \(Self.list(names)) not part of this GPT-2; "
                + "check that the configuration beside it is the one it was trained with"
        case .wrongShape(let path, let name, let found, let expected):
            return "\(path): tensor \(name) has the shape \(found) where the configuration asks "
                + "for \(expected); use the configuration that belongs to the checkpoint"
        case .duplicateTensor(let path, let names):
            return "\(path): \(names.joined(separator: " and ")) are the same parameter; "
                + "save the model under one set of names"
        case .untiedHead(let path, let name):
            return "\(path): \(name) differs from the token embedding; "
                + "a model with an output head of its own is not supported"
        case .notFinite(let path, let name):
            return "\(path): tensor \(name) holds values that are not finite; "
                + "the training that wrote it diverged, so use an earlier checkpoint"
        case .logitsNotFinite:
            return "the model computed values that are not finite; "
                + "its weights are too large, so use an earlier checkpoint"
        }
    }

    /// At most five names, and how many more there are.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).joined(separator: ", ")
        let more = names.count > 5 ? " and \(names.count - 5) more" : ""
        let noun = names.count == 1 ? "tensor" : "tensors"
        return "\(noun) \(shown)\(more) \(names.count == 1 ? "is" : "are")"
    }
}
