import BLAS
import Compute
import GPT2

extension Linear {
    /// y = x·W + b.
    func apply(_ x: Matrix, into y: Matrix, on pool: ThreadPool) {
        multiply(x, weight, plus: bias, into: y, on: pool)
    }
}
