extension SeededGenerator {
    public mutating func floats(_ count: Int, in range: ClosedRange<Float>) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }

    public mutating func doubles(_ count: Int, in range: ClosedRange<Double> = -1...1) -> [Double] {
        (0..<count).map { _ in Double.random(in: range, using: &self) }
    }

    public mutating func matrix(
        _ rows: Int, _ columns: Int, in range: ClosedRange<Double> = -1...1
    ) -> DoubleMatrix {
        DoubleMatrix(rows: rows, columns: columns, values: doubles(rows * columns, in: range))
    }
}
