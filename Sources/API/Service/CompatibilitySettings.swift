import Serving
import Synchronization

/// What becomes of requests for models that are not there: an error, or the original's `UNKNOWN`.
final class CompatibilitySettings: Sendable {
    private let registry: ModelRegistry<ModelConfiguration>
    private let isCompatible: Mutex<Bool>

    init(_ registry: ModelRegistry<ModelConfiguration>, isCompatible: Bool) {
        self.registry = registry
        self.isCompatible = Mutex(isCompatible)
    }

    func replace(isCompatible: Bool) { self.isCompatible.withLock { $0 = isCompatible } }

    /// Whether the original's answer to an unknown model, or to a body of `null`, is wanted.
    func answersUnknown(_ key: String, isNull: Bool) -> Bool {
        isCompatible.withLock { $0 } && (isNull || registry.profile(key) == nil)
    }

    /// - Throws: `APIError` 404, naming the models this caller may use.
    func check(_ key: String, for caller: APIKey?) throws(APIError) {
        let known = registry.keys.filter { caller?.opens($0) ?? true }
        guard known.contains(key) else { throw .unknownModel(key, known: known) }
    }
}
