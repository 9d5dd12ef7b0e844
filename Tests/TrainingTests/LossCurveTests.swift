import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import Training

@Suite struct LossCurveTests {
    private func make(_ losses: [Double], name: String = "run1") -> LossCurve {
        LossCurve(
            runName: name,
            records: losses.enumerated().map { index, loss in
                var record = makeRecord(index + 1)
                record.loss = loss
                record.averageLoss = loss
                return record
            })
    }

    @Test(arguments: [
        [], [2.5], [.nan], [2, 2, 2], [.infinity, -.infinity, .nan], [1e308, -1e308, 0], [0, 0],
        [1, .nan, 2],
    ])
    func everyPictureIsWellFormedAndOfNumbers(losses: [Double]) throws {
        let svg = make(losses, name: "a < b & \"c\"\u{1}").svg()
        let parser = XMLReader(svg)
        #expect(parser.isWellFormed)
        #expect(!parser.attributes.contains { $0.contains("nan") || $0.contains("inf") })
        #expect(parser.text.contains("a < b & \"c\"\u{FFFD}"))
    }

    @Test func thinningKeepsSpikesAndTheLastPoint() {
        var points = (0..<50_000).map { LossCurve.Point(step: $0, value: 2) }
        points[12_345].value = 9
        points[40_000].value = 0.5
        let thinned = CurveThinning.thinned(points)
        #expect(thinned.count <= 1_000)
        #expect(thinned.contains(points[12_345]) && thinned.contains(points[40_000]))
        #expect(thinned.last == points.last)
        #expect(thinned.map(\.step) == thinned.map(\.step).sorted())
    }

    @Test func fewHighFirstStepsAreCutAndSaid() {
        let curve = make([11, 10.5, 10] + Array(repeating: 2.5, count: 200) + [2, 3])
        let range = CurveRange(curve)
        #expect(range.axis.upper < 5)
        #expect(range.above?.count == 3)
        #expect(curve.svg().contains("3 steps above, up to 11.00"))
        #expect(CurveRange(make([11, 3, 2.5])).above == nil)
    }

    @Test func stepsWithoutALossAreMarked() {
        let svg = make([2, .nan, 2.5, .infinity]).svg()
        #expect(svg.contains("2 steps without a loss"))
        #expect(svg.components(separatedBy: "class=\"lost\"").count - 1 == 4)
    }

    @Test func aSecondValidationOfAStepReplacesTheFirst() {
        var curve = make([3, 2])
        curve.add(validationLoss: 2.75, step: 1)
        curve.add(validationLoss: 2.5, step: 1)
        #expect(curve.validation == [.init(step: 1, value: 2.5)])
    }

    @Test func ticksAreRoundAndSpanTheValues() {
        let axis = CurveAxis.losses(2.13, 3.87)
        #expect(axis.lower <= 2.13 && axis.upper >= 3.87 && axis.spacing == 0.5)
        #expect(axis.ticks.map(axis.label) == ["2.0", "2.5", "3.0", "3.5", "4.0"])
        let steps = CurveAxis.steps(1, 3_000)
        #expect(steps.ticks.map(steps.label).suffix(2) == ["2,500", "3,000"])
    }
}

/// What an XML parser finds.
private final class XMLReader: NSObject, XMLParserDelegate {
    var isWellFormed = false
    var attributes: [String] = []
    var text = ""

    init(_ xml: String) {
        super.init()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        isWellFormed = parser.parse()
    }

    func parser(
        _ parser: XMLParser, didStartElement: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String] = [:]
    ) {
        self.attributes += attributes.values.filter { !$0.isEmpty }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
