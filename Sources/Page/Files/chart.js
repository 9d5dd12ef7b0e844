// Draws lines as SVG, by hand.

import { draw, make } from "./elements.js";

/** How far a line's width and dots reach beyond its points. */
const brim = 4;

/**
 * A chart of lines; what lies above its height is cut off.
 *
 * @param width, height in pixels, as they will be seen
 * @param label what it shows, for who does not see it
 * @param lines a list of `{ style, points: [[x, y or null], …], dots? }`; null lifts the pen
 * @param x `{ from, to, ticks: [[value, text], …] }`
 * @param y `{ from, to, text }`, where `text` makes a value's label
 */
export function chart({ width, height, label, lines, x, y }) {
    const ticks = roundTicks(y.from, y.to, Math.max(2, Math.floor(height / 40)));
    const top = ticks.at(-1);
    const bottom = ticks[0];
    const texts = ticks.map(y.text);
    const left = 10 + 7 * Math.max(...texts.map((text) => text.length), 1);
    const [right, upper, lower] = [8, 8, 20];
    const acrossAll = width - left - right;
    const downAll = height - upper - lower;
    const across = (value) => left + ((value - x.from) / (x.to - x.from || 1)) * acrossAll;
    const down = (value) => upper + (1 - (value - bottom) / (top - bottom || 1)) * downAll;

    const picture = draw("svg", {
        class: "chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label,
    });
    for (const [index, tick] of ticks.entries()) {
        const at = down(tick).toFixed(1);
        picture.append(
            draw("line", { class: index === 0 ? "axis" : "grid", x1: left, x2: width - right, y1: at, y2: at }),
            draw("text", { x: left - 6, y: down(tick) + 4, "text-anchor": "end" }, texts[index]));
    }
    for (const [value, text] of x.ticks) {
        const place = (value - x.from) / (x.to - x.from || 1);
        const anchor = place < 0.1 ? "start" : place > 0.9 ? "end" : "middle";
        picture.append(draw("text", { x: across(value), y: height - 4, "text-anchor": anchor }, text));
    }
    const [plotWidth, plotHeight] = [acrossAll + 2 * brim, downAll + 2 * brim];
    const plot = draw("svg", {
        x: left - brim, y: upper - brim, width: plotWidth, height: plotHeight,
        viewBox: `${left - brim} ${upper - brim} ${plotWidth} ${plotHeight}`,
    });
    picture.append(plot);
    for (const { style, points, dots } of lines) {
        const path = pathOf(points, across, down);
        if (path) plot.append(draw("path", { class: style, d: path }));
        for (const [at, value] of dots ? points : lonely(points)) {
            if (value === null) continue;
            plot.append(
                draw("circle", { class: style, cx: across(at).toFixed(1), cy: down(value).toFixed(1), r: 3 }));
        }
    }
    return picture;
}

/** What the lines of a chart are, each with its latest value. */
export function legend(entries) {
    return make("ul", { class: "legend" }, ...entries.map(({ style, name, value }) =>
        make("li", {}, make("i", { class: style, "aria-hidden": "true" }), name, value ? make("b", {}, value) : null)));
}

/** Round values from the one below `from` to the one above `to`, about `parts` apart. */
export function roundTicks(from, to, parts) {
    const span = to - from;
    if (!(span > 0) || !Number.isFinite(span)) return [from];
    const rough = span / parts;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * (1 - 1e-9));
    const first = Math.floor(from / step + 1e-9);
    const last = Math.ceil(to / step - 1e-9);
    return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function pathOf(points, across, down) {
    let isDown = false;
    let path = "";
    for (const [at, value] of points) {
        if (value !== null) path += `${isDown ? "L" : "M"}${across(at).toFixed(1)} ${down(value).toFixed(1)}`;
        isDown = value !== null;
    }
    return path;
}

/** Points without a neighbour, which no line shows. */
function lonely(points) {
    const has = (index) => points[index] !== undefined && points[index][1] !== null;
    return points.filter((_, index) => has(index) && !has(index - 1) && !has(index + 1));
}
