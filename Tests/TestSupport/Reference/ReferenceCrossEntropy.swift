import Foundation

/// log Σ exp(logits) − logits[target], for each row; a row whose target is negative counts nothing.
public enum ReferenceCrossEntropy {
    /// - Returns: each row's loss in nats, 0 without a target.
    public static func forward(_ logits: DoubleMatrix, targets: [Int32]) -> [Double] {
        targets.enumerated().map { row, target in
            guard target >= 0 else { return 0 }
            let highest = logits[row].max() ?? 0
            let sum = logits[row].reduce(0) { $0 + exp($1 - highest) }
            return log(sum) + highest - logits[row, Int(target)]
        }
    }

    /// - Returns: the gradient by the logits of `scale` times the sum of all losses.
    public static func backward(
        _ logits: DoubleMatrix, targets: [Int32], scale: Double
    ) -> DoubleMatrix {
        var gradient = DoubleMatrix(rows: logits.rows, columns: logits.columns)
        for (row, target) in targets.enumerated() where target >= 0 {
            gradient[row] = ReferenceSoftmax.forward(logits[row]).map { scale * $0 }
            gradient[row, Int(target)] -= scale
        }
        return gradient
    }
}
