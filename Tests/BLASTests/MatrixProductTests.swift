import BLAS
import Compute
import TestSupport
import Testing

@Suite struct MatrixProductTests {
    struct Shape: CustomTestStringConvertible {
        let m: Int
        let n: Int
        let k: Int
        var testDescription: String { "\(m)×\(k)·\(k)×\(n)" }
    }

    static let shapes = [
        Shape(m: 1, n: 1, k: 1), Shape(m: 1, n: 300, k: 80), Shape(m: 1, n: 5000, k: 33),
        Shape(m: 7, n: 65, k: 48), Shape(m: 40, n: 301, k: 80), Shape(m: 3, n: 2, k: 500),
    ]

    @Test(arguments: shapes, [Transposition.plain, .transposed])
    func productsEqualThePlainLoop(shape: Shape, transposition: Transposition) throws {
        var random = SeededGenerator(seed: 7)
        let pool = ThreadPool(threadCount: 2)
        let a = try filled(shape.m, shape.k, &random)
        let b =
            transposition == .plain
            ? try filled(shape.k, shape.n, &random) : try filled(shape.n, shape.k, &random)
        let c = try filled(shape.m, shape.n, &random)
        let before = Array(c.matrix.floats)

        multiply(a.matrix, b.matrix, transposition, into: c.matrix, on: pool)
        for row in 0..<shape.m {
            for column in 0..<shape.n {
                let expected = sum(a.matrix, b.matrix, transposition, row, column)
                #expect(abs(Double(c.matrix.row(row)[column]) - expected) < 1e-4)
            }
        }

        _ = c.matrix.floats.update(fromContentsOf: before)
        multiplySerially(a.matrix, b.matrix, transposition, into: c.matrix, adding: true)
        let first = sum(a.matrix, b.matrix, transposition, 0, 0) + Double(before[0])
        #expect(abs(Double(c.matrix.row(0)[0]) - first) < 1e-4)
    }

    @Test func aViewOfSomeColumnsLeavesTheOthersAlone() throws {
        var random = SeededGenerator(seed: 9)
        let pool = ThreadPool(threadCount: 2)
        let a = try filled(4, 8, &random)
        let b = try filled(8, 16, &random)
        let c = try filled(4, 48, &random)
        let before = Array(c.matrix.floats)
        multiply(a.matrix, b.matrix, into: c.matrix.columns(16..<32), on: pool)
        for row in 0..<4 {
            for column in 0..<48 where !(16..<32).contains(column) {
                #expect(c.matrix.row(row)[column] == before[row * 48 + column])
            }
        }
    }

    private func sum(
        _ a: Matrix, _ b: Matrix, _ transposition: Transposition, _ row: Int, _ column: Int
    ) -> Double {
        (0..<a.columns).reduce(0) {
            let right = transposition == .plain ? b.row($1)[column] : b.row(column)[$1]
            return $0 + Double(a.row(row)[$1]) * Double(right)
        }
    }

    private func filled(
        _ rows: Int, _ columns: Int, _ random: inout SeededGenerator
    ) throws -> (buffer: FloatBuffer, matrix: Matrix) {
        let buffer = try FloatBuffer(count: rows * columns)
        _ = buffer.floats.update(fromContentsOf: random.floats(rows * columns, in: -1...1))
        return (buffer, buffer.matrix(rows: rows, columns: columns))
    }
}
