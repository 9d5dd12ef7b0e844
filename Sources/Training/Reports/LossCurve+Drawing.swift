extension LossCurve {
    /// The picture, 960 by 540, to be shown at any size.
    func svg() -> String {
        CurveDrawing(self).svg()
    }

    /// What the picture says, for who cannot see it and as its second line.
    var summary: String {
        guard let last = loss.last else { return "No step yet." }
        var parts = ["step \(HumanUnits.grouped(Double(last.step)))"]
        parts.append("loss \(HumanUnits.loss(last.value))")
        if let average = average.last { parts.append("average \(HumanUnits.loss(average.value))") }
        if let check = validation.last {
            parts.append("validation \(HumanUnits.loss(check.value))")
        }
        if let best, best.step != validation.last?.step {
            parts.append(
                "best \(HumanUnits.loss(best.value)) at step "
                    + HumanUnits.grouped(Double(best.step)))
        }
        return parts.joined(separator: " · ")
    }
}

/// Draws one curve: where things stand on the picture.
struct CurveDrawing {
    static let width = 960.0
    static let height = 540.0
    private let left = 72.0
    private let right = 868.0
    private let top = 96.0
    private let bottom = 484.0

    private let curve: LossCurve
    private let range: CurveRange
    private let steps: CurveAxis

    init(_ curve: LossCurve) {
        self.curve = curve
        range = CurveRange(curve)
        let all = [
            curve.loss.first, curve.loss.last, curve.validation.first, curve.validation.last,
        ]
        .compactMap { $0?.step }
        steps = .steps(all.min() ?? 0, all.max() ?? 1)
    }

    func svg() -> String {
        let title = SVGText.escaped("\(curve.runName): loss by step")
        let parts =
            [
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"960\" height=\"540\" "
                    + "viewBox=\"0 0 960 540\" role=\"img\" aria-labelledby=\"title summary\">",
                "<title id=\"title\">\(title)</title>",
                "<desc id=\"summary\">\(SVGText.escaped(curve.summary))</desc>",
                CurveStyle.sheet,
                "<clipPath id=\"plot\"><rect x=\"\(left)\" y=\"\(top)\" "
                    + "width=\"\(right - left)\" height=\"\(bottom - top)\"/></clipPath>",
                "<rect class=\"ground\" width=\"960\" height=\"540\"/>",
            ] + heading() + legend() + axes() + lines() + above() + lost() + lastValues()
        return (parts + ["</svg>"]).filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
    }

    private func point(_ point: LossCurve.Point) -> (x: Double, y: Double) {
        (x(Double(point.step)), y(point.value))
    }

    private func x(_ step: Double) -> Double { left + steps.share(step) * (right - left) }

    private func y(_ value: Double) -> Double {
        bottom - range.axis.share(value) * (bottom - top)
    }

    private func heading() -> [String] {
        // What is longer would run into the legend.
        let most = 44
        let name =
            curve.runName.count > most ? curve.runName.prefix(most - 1) + "…" : curve.runName[...]
        return [
            SVGText.text(String(name), x: left, y: 42, style: "title"),
            SVGText.text(curve.summary, x: left, y: 68, style: "summary"),
        ]
    }

    /// From the right edge to the left.
    private func legend() -> [String] {
        var items = [("average", 74.0, "average"), ("each step", 86.0, "loss")]
        if !curve.validation.isEmpty { items.insert(("validation", 86, "validation"), at: 0) }
        var end = right
        return items.flatMap { name, width, style in
            let start = end - width
            defer { end = start - 18 }
            let mark = (x: start - 4, y: 37.5)
            return [
                SVGText.line((start - 16, mark.y), (start + 8, mark.y), style: style),
                style == "validation" ? SVGText.circle(mark, radius: 4, style: "dot") : "",
                SVGText.text(name, x: start + 16, y: 42, style: "legend"),
            ]
        }
    }

    private func axes() -> [String] {
        let levels = range.axis.ticks.flatMap { tick in
            [
                SVGText.line((left, y(tick)), (right, y(tick)), style: "grid"),
                SVGText.text(
                    range.axis.label(tick), x: left - 10, y: y(tick) + 4.5, style: "tick",
                    anchor: "end"),
            ]
        }
        let marks = steps.ticks.flatMap { tick in
            [
                SVGText.line((x(tick), bottom), (x(tick), bottom + 5), style: "axis"),
                SVGText.text(
                    steps.label(tick), x: x(tick), y: bottom + 21, style: "tick",
                    anchor: "middle"),
            ]
        }
        return levels + marks + [
            SVGText.line((left, bottom), (right, bottom), style: "axis"),
            SVGText.text(
                "step", x: (left + right) / 2, y: bottom + 42, style: "name", anchor: "middle"),
        ]
    }

    private func lines() -> [String] {
        ["<g clip-path=\"url(#plot)\">"]
            + [
                stroke(CurveThinning.thinned(curve.loss), style: "loss"),
                stroke(CurveThinning.thinned(curve.average), style: "average"),
                stroke(CurveThinning.thinned(curve.validation), style: "validation"),
            ] + ["</g>"] + checks()
    }

    /// A line through the points, open where there is nothing to draw; a point alone is a dot.
    private func stroke(_ points: [LossCurve.Point], style: String) -> String {
        let runs = points.split { !$0.isDrawable }.map { $0.map(point) }
        let dots = runs.filter { $0.count == 1 }.joined()
            .map { SVGText.circle($0, radius: 2, style: style) }
        return SVGText.path(runs.filter { $0.count > 1 }, style: style) + dots.joined()
    }

    /// The marks of validation, while they are few enough to stand apart, and of the best.
    private func checks() -> [String] {
        let shown = curve.validation.filter { $0.isDrawable && $0.value <= range.axis.upper }
        let dots = shown.count <= 60 ? shown : []
        return dots.map { SVGText.circle(point($0), radius: 4, style: "dot") }
            + [curve.best.map { SVGText.circle(point($0), radius: 5, style: "best") } ?? ""]
    }

    /// An arrowhead where the line leaves the picture, and how far it goes.
    private func above() -> [String] {
        guard let above = range.above,
            let place = (curve.loss + curve.validation).first(where: {
                $0.isDrawable && $0.value == above.highest
            })
        else { return [] }
        let tip = (x: min(max(x(Double(place.step)), left + 6), right - 6), y: top - 9)
        let onLeft = tip.x < (left + right) / 2
        let steps = above.count == 1 ? "1 step" : "\(above.count) steps"
        return [
            "<path class=\"above\" d=\"M\(SVGText.number(tip.x)) \(SVGText.number(tip.y))"
                + "l5.5 8h-11z\"/>",
            SVGText.text(
                "\(steps) above, up to \(HumanUnits.loss(above.highest))",
                x: tip.x + (onLeft ? 11 : -11), y: top - 1, style: "tick",
                anchor: onLeft ? "start" : "end"),
        ]
    }

    /// A cross on the axis of steps for each loss that is no number to draw.
    private func lost() -> [String] {
        let bad = curve.loss.filter { !$0.isDrawable }
        let places = Set(bad.map { (x(Double($0.step)) / 4).rounded() * 4 }).sorted()
        guard let first = places.first else { return [] }
        let crosses = places.flatMap { x in
            [
                SVGText.line((x - 3.5, bottom - 3.5), (x + 3.5, bottom + 3.5), style: "lost"),
                SVGText.line((x - 3.5, bottom + 3.5), (x + 3.5, bottom - 3.5), style: "lost"),
            ]
        }
        let onLeft = first < (left + right) / 2
        return crosses + [
            SVGText.text(
                bad.count == 1 ? "1 step without a loss" : "\(bad.count) steps without a loss",
                x: first + (onLeft ? 8 : -8), y: bottom - 9, style: "tick",
                anchor: onLeft ? "start" : "end")
        ]
    }

    /// The last average and validation at the right edge, kept apart.
    private func lastValues() -> [String] {
        var labels: [(text: String, y: Double, style: String)] = []
        for (points, style) in [(curve.average, "ofaverage"), (curve.validation, "ofvalidation")] {
            guard let last = points.last(where: \.isDrawable) else { continue }
            labels.append(
                (HumanUnits.loss(last.value), min(max(y(last.value), top), bottom), style))
        }
        labels.sort { $0.y < $1.y }
        if labels.count == 2, labels[1].y - labels[0].y < 18 {
            let middle = (labels[0].y + labels[1].y) / 2
            labels[0].y = middle - 9
            labels[1].y = middle + 9
        }
        return labels.map {
            SVGText.text($0.text, x: right + 12, y: $0.y + 5, style: "last \($0.style)")
        }
    }
}
