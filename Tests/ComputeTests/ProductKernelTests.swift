import CKernels
import TestSupport
import Testing

/// Products of activations by packed weights, in every format and at every level of this machine.
@Suite struct ProductKernelTests {
    static let formats: [dixie_format] = [
        dixie_format_f32, dixie_format_bf16, dixie_format_int8, dixie_format_int4,
    ]

    /// Depths and columns around the sizes of vectors, groups and panels, and GPT-2's own.
    static let shapes: [(depth: Int, columns: Int)] = [
        (1, 1), (2, 3), (31, 16), (33, 17), (80, 240), (127, 50), (129, 64), (768, 96),
    ]

    @Test(arguments: formats, levels)
    func productEqualsItsReference(format: dixie_format, level: dixie_level) {
        for (depth, columns) in Self.shapes {
            var random = SeededGenerator(seed: UInt64(depth))
            let weights = PackedPanels(random: &random, format, depth: depth, columns: columns)
            let bias = random.floats(columns, in: -1...1)
            for rowCount in [1, 2, 3, 4, 5, 6, 7, 12, 17, 33] {
                let rows = PreparedRows(
                    random.floats(rowCount * depth, in: -2...2), level, format, depth: depth)
                for finish in [dixie_finish_store, dixie_finish_gelu, dixie_finish_add] {
                    let fast = weights.product(rows, level, bias: bias, finish: finish)
                    let reference = weights.product(
                        rows, level, bias: bias, finish: finish, isReference: true)
                    #expect(
                        distance(fast, reference) <= 3e-6 * max(1, magnitude(reference)),
                        "\(depth) × \(columns), \(rowCount) rows, finish \(finish.rawValue)")
                }
            }
        }
    }

    /// What a reply is does not depend on who else is answered, nor on how panels are shared out.
    @Test(arguments: formats, levels)
    func aRowIsTheSameAloneAndAmongOthersAndInPieces(format: dixie_format, level: dixie_level) {
        for (depth, columns) in [(80, 240), (768, 100)] {
            var random = SeededGenerator(seed: 9)
            let weights = PackedPanels(random: &random, format, depth: depth, columns: columns)
            let floats = random.floats(37 * depth, in: -2...2)
            let all = PreparedRows(floats, level, format, depth: depth)
            let together = weights.product(all, level, finish: dixie_finish_gelu)
            for row in [0, 5, 6, 16, 31, 36] {
                let alone = PreparedRows(
                    Array(floats[row * depth..<(row + 1) * depth]), level, format, depth: depth)
                let product = weights.product(
                    alone, level, finish: dixie_finish_gelu, panelsAtATime: row % 5 + 1)
                #expect(product == Array(together[row * columns..<(row + 1) * columns]))
            }
        }
    }

    /// Sums of whole numbers are exact, so the way to them does not show.
    @Test(
        arguments: [dixie_format_int8, dixie_format_int4],
        levels.filter { $0 != dixie_level_portable })
    func wholeNumbersGiveTheBitsOfPlainLoops(format: dixie_format, level: dixie_level) {
        var random = SeededGenerator(seed: 4)
        let weights = PackedPanels(random: &random, format, depth: 768, columns: 48)
        let floats = random.floats(6 * 768, in: -2...2)
        let rows = PreparedRows(floats, level, format, depth: 768)
        #expect(weights.product(rows, level) == weights.product(rows, dixie_level_portable))
    }

    /// Wherever a row's numbers lie, it becomes whole ones between its least and its greatest.
    @Test(arguments: [dixie_format_int8, dixie_format_int4], levels)
    func aRowIsNearItsFloats(format: dixie_format, level: dixie_level) {
        let depth = 16
        let unit = PackedPanels(
            (0..<depth * 16).map { $0 / 16 == $0 % 16 ? 1 : 0 }, format, depth: depth, columns: 16)
        for range: ClosedRange<Float> in [-1...1, -0.17...3, 100...101, -7...(-6), 5...5, 0...0] {
            var random = SeededGenerator(seed: 5)
            let floats = random.floats(depth, in: range)
            let product = unit.product(PreparedRows(floats, level, format, depth: depth), level)
            let step = (range.upperBound - range.lowerBound) / 127
            #expect(
                distance(product, floats) <= Double(step / 2 + 2e-6 * abs(range.lowerBound)),
                "\(range)")
        }
    }

    /// All weights and nearly all activations at the end of their range: where sums would run over.
    @Test(arguments: formats, levels)
    func theLargestNumbersDoNotOverflow(format: dixie_format, level: dixie_level) {
        let depth = 6400
        for sign in [Float(1), -1] {
            let weights = PackedPanels(
                (0..<depth * 16).map { _ in sign }, format, depth: depth, columns: 16)
            let floats = [-3] + [Float](repeating: 3, count: depth - 1)
            let product = weights.product(PreparedRows(floats, level, format, depth: depth), level)
            let expected = sign * 3 * Float(depth - 2)
            #expect(product.allSatisfy { abs($0 - expected) < 0.2 }, "\(product)")
        }
    }

    @Test(arguments: formats, levels)
    func whatIsNoNumberShows(format: dixie_format, level: dixie_level) {
        var random = SeededGenerator(seed: 2)
        let weights = PackedPanels(random: &random, format, depth: 80, columns: 16)
        for bad in [Float.nan, .infinity, -.infinity] {
            var floats = random.floats(80, in: -1...1)
            floats[41] = bad
            let product = weights.product(PreparedRows(floats, level, format, depth: 80), level)
            #expect(product.allSatisfy { !$0.isFinite })
        }
    }

    @Test(
        arguments: [
            (dixie_format_f32, 0), (dixie_format_bf16, 1 / 256), (dixie_format_int8, 1 / 254),
            (dixie_format_int4, 1 / 8),
        ] as [(dixie_format, Double)])
    func packedWeightsAreNearTheirOwn(format: dixie_format, error: Double) {
        var random = SeededGenerator(seed: 7)
        let weights = random.floats(256 * 16, in: -1...1)
        let packed = PackedPanels(weights, format, depth: 256, columns: 16)
        #expect(distance(packed.unpacked, weights) <= error)
    }
}

/// A matrix in panels, as C sees it.
struct PackedPanels {
    let format: dixie_format
    let depth: Int
    let columns: Int
    private let panelSize: Int
    private let buffer: UnsafeMutableRawPointer
    private let owner: Owner

    /// Frees the panels.
    private final class Owner {
        let buffer: UnsafeMutableRawPointer
        init(_ buffer: UnsafeMutableRawPointer) { self.buffer = buffer }
        deinit { buffer.deallocate() }
    }

    init(
        random: inout SeededGenerator, _ format: dixie_format, depth: Int, columns: Int
    ) {
        self.init(
            random.floats(depth * columns, in: -1...1), format, depth: depth, columns: columns)
    }

    init(_ weights: [Float], _ format: dixie_format, depth: Int, columns: Int) {
        self.format = format
        self.depth = depth
        self.columns = columns
        panelSize = dixie_panel_size(format, depth)
        let count = (columns + 15) / 16
        buffer = .allocate(byteCount: count * panelSize, alignment: 64)
        owner = Owner(buffer)
        for panel in 0..<count {
            weights.withUnsafeBufferPointer {
                dixie_pack_panel(
                    format, $0.baseAddress.unsafelyUnwrapped + panel * 16, columns, 1, depth,
                    min(16, columns - panel * 16), buffer + panel * panelSize)
            }
        }
    }

    /// Of one panel.
    var unpacked: [Float] {
        var weights = [Float](repeating: .nan, count: depth * 16)
        dixie_unpack_panel(format, buffer, depth, &weights)
        return weights
    }

    func product(
        _ rows: PreparedRows, _ level: dixie_level, bias: [Float]? = nil,
        finish: dixie_finish = dixie_finish_store, panelsAtATime: Int? = nil,
        isReference: Bool = false
    ) -> [Float] {
        var weights = dixie_weights(
            format: format, depth: depth, columns: columns, panels: buffer)
        var result = [Float](repeating: 0.5, count: rows.count * columns)
        let panels = (columns + 15) / 16
        let step = panelsAtATime ?? panels
        (bias ?? [Float](repeating: 0, count: columns)).withUnsafeBufferPointer { floats in
            var epilogue = dixie_epilogue(
                bias: bias == nil ? nil : floats.baseAddress, finish: finish)
            for first in stride(from: 0, to: panels, by: step) {
                let count = min(step, panels - first)
                (isReference ? dixie_multiply_reference : dixie_multiply)(
                    level, &weights, rows.base, rows.stride, rows.count, first, count, &epilogue,
                    &result, columns)
            }
        }
        withExtendedLifetime((rows, owner)) {}
        return result
    }
}

/// Rows of activations, as a format's kernels want them.
final class PreparedRows {
    let count: Int
    let stride: Int
    let base: UnsafeMutableRawPointer

    init(_ floats: [Float], _ level: dixie_level, _ format: dixie_format, depth: Int) {
        count = floats.count / depth
        let size = dixie_prepared_size(level, format, depth)
        stride = size > 0 ? size : depth * 4
        base = .allocate(byteCount: count * stride, alignment: 64)
        for row in 0..<count {
            floats.withUnsafeBufferPointer {
                let from = $0.baseAddress.unsafelyUnwrapped + row * depth
                if size > 0 {
                    dixie_prepare_row(level, format, from, depth, base + row * stride)
                } else {
                    (base + row * stride).copyMemory(from: from, byteCount: depth * 4)
                }
            }
        }
    }

    deinit { base.deallocate() }
}
