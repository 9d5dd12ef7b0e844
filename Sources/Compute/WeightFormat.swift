import CKernels

/// How the weights of a model that serves are kept.
public enum WeightFormat: String, Sendable, CaseIterable {
    case f32
    /// The upper half of an f32: 2 bytes.
    case bf16
    /// A byte, with a scale for each output.
    case int8
    /// Half a byte, with a multiplier for each 32 of them and a scale for each output. A model keeps
    /// its token embedding, which is its head as well, in int8 then.
    case int4

    /// The most inputs of an output: sums of whole numbers have 32 bits, and a panel its place on a
    /// thread's stack.
    public var deepest: Int {
        switch self {
        case .f32, .bf16: .max
        case .int8, .int4: 16_384
        }
    }

    var forKernels: dixie_format {
        switch self {
        case .f32: dixie_format_f32
        case .bf16: dixie_format_bf16
        case .int8: dixie_format_int8
        case .int4: dixie_format_int4
        }
    }
}
