import BLAS
import Compute
import TestSupport
import Testing

@Suite struct TransposedProductTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let k: Int
        let m: Int
        let n: Int
        var padding = 0
        var testDescription: String { "(\(k)×\(m))ᵀ·\(k)×\(n) and \(padding) between" }
    }

    static let shapes = [
        Shape(k: 1, m: 1, n: 1), Shape(k: 1, m: 7, n: 17, padding: 2),
        Shape(k: 17, m: 1, n: 80, padding: 1), Shape(k: 7, m: 16, n: 1, padding: 5),
        Shape(k: 80, m: 17, n: 33), Shape(k: 5, m: 7, n: 257, padding: 16),
        Shape(k: 257, m: 16, n: 7, padding: 3),
    ]

    /// A weight's gradient is this product: of inputs, turned over, and of the outputs' gradient.
    @Test(arguments: shapes, [false, true])
    func productsEqualTheirReference(_ shape: Shape, adding: Bool) throws {
        var random = SeededGenerator(seed: 8)
        let a = try PaddedMatrix(random.matrix(shape.k, shape.m), padding: shape.padding)
        let b = try PaddedMatrix(random.matrix(shape.k, shape.n), padding: shape.padding)
        let old = random.matrix(shape.m, shape.n)
        let product = a.doubles.transposed * b.doubles
        for threads in [0, 1, 3] {
            let c = try PaddedMatrix(old, padding: shape.padding)
            let expected = adding ? c.doubles + product : product
            if threads == 0 {
                multiplyTransposedSerially(a.view, b.view, into: c.view, adding: adding)
            } else {
                multiplyTransposed(
                    a.view, b.view, into: c.view, adding: adding,
                    on: ThreadPool(threadCount: threads))
            }
            #expect(distance(c.floats, expected.values) <= 1e-6 * max(1, magnitude(product.values)))
            #expect(c.isPaddingUntouched)
        }
    }
}
