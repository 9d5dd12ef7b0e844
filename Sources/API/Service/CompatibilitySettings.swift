import Configuration
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
    ///
    /// A model that this caller may not use is as unknown as one that is not there.
    func answersUnknown(_ key: String, isNull: Bool, for caller: APIKey?) -> Bool {
        isCompatible.withLock { $0 } && (isNull || !keys(for: caller).contains(key))
    }

    /// The models this caller may use, in the configuration's order.
    func keys(for caller: APIKey?) -> [String] {
        registry.keys.filter { caller?.opens($0) ?? true }
    }

    /// - Throws: `APIError` 404, naming the models this caller may use.
    func check(_ key: String, for caller: APIKey?) throws(APIError) {
        let known = keys(for: caller)
        guard known.contains(key) else { throw .unknownModel(key, known: known) }
    }
}
