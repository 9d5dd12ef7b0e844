import Checkpoints
import Compute
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import GPT2

@Suite struct PackedWeightsTests {
    static func size(width: Int = 40, layers: Int = 2) throws -> Hyperparameters {
        try Hyperparameters(
            vocabularySize: 101, contextLength: 24, embeddingWidth: width, headCount: 4,
            layerCount: layers)
    }

    static func bytes(of weights: PackedWeights) -> [UInt8] { weights.withBytes { Array($0) } }

    @Test(arguments: WeightFormat.allCases)
    func packingACheckpointTensorByTensorGivesTheBytesOfPackingItWhole(
        format: WeightFormat
    ) throws {
        let size = try Self.size()
        let folder = try TemporaryFolder()
        let path = folder.path("model.safetensors")
        try Weights.untrained(size, seed: 5).writeSafetensors(to: path)
        let weights = try Weights(size, from: SafetensorsReader(path: path))
        let whole = try PackedWeights(weights, format: format)

        let seen = Mutex<[Int: [Float]]>([:])
        let packed = try PackedWeights(
            PackedLayout(size, format: format), from: SafetensorsReader(path: path)
        ) { index, floats in
            seen.withLock { $0[index] = Array(floats) }
        }
        #expect(Self.bytes(of: packed) == Self.bytes(of: whole))
        #expect(packed.byteCount == Self.bytes(of: packed).count)
        let tensors = seen.withLock { $0 }
        #expect(tensors.count == weights.table.entries.count)
        for (index, entry) in weights.table.entries.enumerated() {
            #expect(tensors[index] == Array(weights.floats(of: entry)))
        }
    }

    @Test func whatIsThrownOnTheWayEndsTheReading() throws {
        struct Fault: Error {}
        let size = try Self.size()
        let folder = try TemporaryFolder()
        let path = folder.path("model.safetensors")
        try Weights.untrained(size, seed: 5).writeSafetensors(to: path)
        #expect(throws: Fault.self) {
            try PackedWeights(
                PackedLayout(size, format: .int8), from: SafetensorsReader(path: path)
            ) { index, _ in
                if index == 3 { throw Fault() }
            }
        }
    }

    @Test func noTwoLayoutsHaveOneIdentity() throws {
        let layouts = try WeightFormat.allCases.flatMap { format in
            [
                try PackedLayout(Self.size(), format: format),
                try PackedLayout(Self.size(width: 44), format: format),
                try PackedLayout(Self.size(layers: 3), format: format),
            ]
        }
        #expect(Set(layouts.map(\.identity)).count == layouts.count)
        #expect(try PackedLayout(Self.size(), format: .f32).identity == layouts[0].identity)
    }

    @Test func parametersLieOnCacheLinesAndDoNotOverlap() throws {
        for format in WeightFormat.allCases {
            let layout = try PackedLayout(Self.size(), format: format)
            let starts = layout.table.entries.map { layout[$0.parameter].offset }
            #expect(starts.allSatisfy { $0 % 64 == 0 })
            #expect(starts == starts.sorted() && Set(starts).count == starts.count)
            #expect(starts.allSatisfy { $0 < layout.byteCount })
        }
    }

    @Test func aChecksumTellsFormatsApartAndStays() {
        let checksums = WeightFormat.allCases.map { PackedMatrix.checksum(of: $0) }
        #expect(Set(checksums).count == checksums.count)
        #expect(checksums == WeightFormat.allCases.map { PackedMatrix.checksum(of: $0) })
    }

    @Test func aModelTooWideForItsFormatIsAnError() throws {
        let wide = try Hyperparameters(
            vocabularySize: 11, contextLength: 4, embeddingWidth: 4100, headCount: 5, layerCount: 1)
        #expect(throws: GPT2Error.tooWide(width: 4100, format: .int8, most: 4096)) {
            try PackedLayout(wide, format: .int8)
        }
        #expect(try PackedLayout(wide, format: .bf16).byteCount > 0)
    }
}
