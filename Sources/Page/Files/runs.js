// The training runs beside the models, each with its losses.

import { ask } from "./api.js";
import { chart, legend } from "./chart.js";
import { byId, make } from "./elements.js";
import { ago, count, loss } from "./units.js";

export class Runs {
    constructor() {
        this.runs = [];
        new ResizeObserver(() => this.redraw()).observe(byId("runs"));
    }

    /** @throws Trouble */
    async look() {
        const { runs, left_out: leftOut } = await ask("admin/runs", { scope: "admin" });
        this.runs = runs;
        byId("look-again").disabled = false;
        byId("runs-note").textContent = note(runs.length, leftOut);
        byId("run-paths").replaceChildren(
            ...runs.filter(({ checkpoint }) => checkpoint !== null).map(({ path }) => make("option", { value: path })));
        this.width = 0;
        this.redraw();
    }

    /** Nobody may look any more. */
    hide() {
        this.runs = [];
        byId("look-again").disabled = true;
        byId("runs-note").textContent = "";
        byId("runs").replaceChildren();
    }

    redraw() {
        const column = parseFloat(getComputedStyle(byId("runs")).gridTemplateColumns);
        const width = Math.max(220, Math.round((Number.isFinite(column) ? column : 460) - 34));
        if (width === this.width) return;
        this.width = width;
        byId("runs").replaceChildren(...this.runs.map((run) => card(run, width)));
    }
}

function note(shown, leftOut) {
    if (shown === 0) return "None was found below the folders of models and checkpoints; bin/train makes one.";
    return leftOut > 0 ? `The ${shown} newest; ${leftOut} older ones are left out.` : "";
}

function card(run, width) {
    const head = make(
        "div", { class: "card-head" }, make("h3", {}, run.name),
        make("span", { class: "badge" }, run.step === null ? "no steps" : `step ${count(run.step)}`),
        make("span", { class: "note" }, ago(Date.now() / 1000 - run.updated)));
    const where = make("p", { class: "note code" }, run.path);
    const remarks = remarksOn(run).map((text) => make("p", { class: "note" }, text));
    return make("li", { class: "card" }, head, where, curves(run, width), ...remarks);
}

function curves(run, width) {
    const all = [...run.loss, ...run.average, ...run.validation];
    if (all.length === 0) return null;
    const last = (points) => (points.length > 0 ? loss(points.at(-1)[1]) : null);
    const entries = [
        { style: "faint", name: "each step", value: null },
        { style: "first", name: "average", value: last(run.average) },
        ...(run.validation.length > 0 ? [{ style: "second", name: "validation", value: last(run.validation) }] : []),
    ];
    const [from, to] = [Math.min(...all.map(([step]) => step)), Math.max(...all.map(([step]) => step))];
    const { low, high } = rangeOf(run);
    const spoken = entries.filter(({ value }) => value).map(({ name, value }) => `${name} ${value}`).join(", ");
    return make("div", {}, legend(entries), chart({
        width, height: 210, label: `Loss of ${run.name} from step ${from} to ${to}; last: ${spoken}`,
        lines: [
            { style: "faint", points: run.loss },
            { style: "first", points: run.average },
            { style: "second", points: run.validation, dots: true },
        ],
        x: { from, to, ticks: [[from, `step ${count(from)}`], ...(to > from ? [[to, count(to)]] : [])] },
        y: { from: low, to: high, text: (value) => String(value) },
    }));
}

/** All of its losses, unless a few would press the rest into a strip; `above` is then the highest. */
function rangeOf(run) {
    const values = [...run.loss, ...run.average, ...run.validation].map(([, value]) => value).sort((a, b) => a - b);
    const [low, highest] = [values[0], values.at(-1)];
    const ends = [run.average.at(-1), ...run.validation.slice(1)].filter(Boolean).map(([, value]) => value);
    const high = Math.max(values[Math.floor((values.length - 1) * 0.98)], ...ends);
    const isWorthIt = values.length >= 50 && highest - low > 1.4 * (high - low);
    return isWorthIt ? { low, high, above: highest } : { low, high: highest, above: null };
}

function remarksOn(run) {
    const best = run.validation.reduce((low, point) => (low === null || point[1] < low[1] ? point : low), null);
    const above = rangeOf(run).above ?? null;
    const plural = (number, one, more) => (number === 1 ? one : more);
    return [
        best && `Lowest validation loss: ${loss(best[1])} at step ${count(best[0])}.`,
        run.loss.length === 0 && run.average.length === 0 && "It has left no losses to draw.",
        above !== null && `Some lie above the picture, up to ${loss(above)}.`,
        run.checkpoint === null && "It has no checkpoint yet.",
        run.damaged_lines > 0 && `${run.damaged_lines} damaged ${plural(run.damaged_lines, "line of its table was", "lines of its table were")} skipped.`,
        run.not_finite > 0 && `${count(run.not_finite)} ${plural(run.not_finite, "step has", "steps have")} no finite loss.`,
        run.is_sampled && "The table is long: a part of its rows is drawn.",
    ].filter(Boolean);
}
