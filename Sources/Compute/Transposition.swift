/// Whether a matrix is used as it lies or turned over.
public enum Transposition: Sendable {
    case plain, transposed
}
