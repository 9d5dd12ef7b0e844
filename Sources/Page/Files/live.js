// Tokens, queue and latency as they are now and were in the last five minutes.

import { call } from "./api.js";
import { chart, legend } from "./chart.js";
import { byId, make } from "./elements.js";
import { buckets, parseMetrics, total } from "./metrics.js";
import { quantile, rate } from "./rates.js";
import { bytes, count, duration } from "./units.js";

/** What is shown, in seconds. */
const span = 300;
/** Over how long a rate is taken, and a latency, in seconds: few replies end within two. */
const rateWindow = 10;
const latencyWindow = 30;

/** Above that, two looks are not joined by a line. */
const longestPause = 7;

/** Each with its lines, and the least that its height stands for; `of` reads a line's value off a look and the looks before it. */
const charts = [
    {
        title: "Tokens a second", text: count, least: 1,
        lines: [
            { style: "first", name: "said", of: (now, before) => growth(before(rateWindow), now, "completion") },
            { style: "second", name: "read", of: (now, before) => growth(before(rateWindow), now, "prompt") },
        ],
    },
    {
        title: "Replies", text: count, least: 1,
        lines: [
            { style: "first", name: "running", of: (now) => now.running },
            { style: "second", name: "waiting", of: (now) => now.waiting },
        ],
    },
    {
        title: "Time to the first word", text: duration, least: 0.01,
        lines: [
            { style: "first", name: "median", of: (now, before) => latency(before(latencyWindow), now, 0.5) },
            { style: "second", name: "95 of 100 within", of: (now, before) => latency(before(latencyWindow), now, 0.95) },
        ],
    },
];

export class Live {
    constructor() {
        this.looks = [];
        this.points = new Map(charts.flatMap(({ lines }) => lines.map((line) => [line, []])));
        this.extra = [];
    }

    /**
     * Looks once, and draws what there is.
     *
     * @returns false where the server has no numbers
     * @throws Trouble
     */
    async look() {
        let text;
        try {
            text = await (await call("metrics")).text();
        } catch (error) {
            if (error.status !== 404) throw error;
            byId("live-note").textContent = "This server keeps no numbers: it has no /metrics.";
            return false;
        }
        this.take(text, performance.now() / 1000);
        return true;
    }

    /** Takes in a text of metrics, read at a time in seconds. */
    take(text, time) {
        const samples = parseMetrics(text);
        const now = {
            time,
            completion: total(samples, "dixie_completion_tokens_total"),
            prompt: total(samples, "dixie_prompt_tokens_total"),
            running: total(samples, "dixie_replies_running"),
            waiting: total(samples, "dixie_queue_waiting"),
            firstToken: buckets(samples, "dixie_time_to_first_token_seconds"),
            perToken: buckets(samples, "dixie_time_per_token_seconds"),
        };
        this.looks = [...this.looks, now].filter((look) => look.time >= time - span);
        // The oldest look that lies no further back; none where there was only this one.
        const before = (seconds) => this.looks.find((look) => look !== now && look.time >= time - seconds - 1) ?? null;
        for (const [line, points] of this.points) {
            // Of the first look nothing is known but what stands still.
            const value = line.of.length > 1 && !before(span) ? null : line.of(now, before);
            // While nobody looked nothing is known.
            if (time - (points.at(-1)?.[0] ?? time) > longestPause) points.push([time - 1e-3, null]);
            points.push([time, value]);
            while (points[0][0] < time - span) points.shift();
        }
        this.extra = this.numbers(samples, now, before);
        this.draw(time);
    }

    numbers(samples, now, before) {
        const resident = total(samples, "process_resident_memory_bytes");
        const cache = total(samples, "dixie_prefix_cache_bytes");
        const perToken = before(latencyWindow) ? quantile(before(latencyWindow).perToken, now.perToken, 0.5) : null;
        const requests = total(samples, "dixie_requests_total");
        return [
            perToken === null ? null : ["Between two tokens (median)", duration(perToken)],
            requests === null ? null : ["Requests since the start", count(requests)],
            resident === null ? null : ["Memory of the server", bytes(resident)],
            cache === null ? null : ["Kept of earlier prompts", bytes(cache)],
        ].filter((entry) => entry !== null);
    }

    draw(time) {
        const tiles = charts.map((one) => this.tile(one, time)).filter((tile) => tile !== null);
        if (this.extra.length > 0) {
            const facts = this.extra.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
            tiles.push(make("div", { class: "tile" }, make("h3", {}, "Besides"), make("dl", { class: "facts" }, ...facts)));
        }
        byId("tiles").replaceChildren(...tiles);
        byId("live-note").textContent = tiles.length > 0
            ? "Every two seconds, while this view is open."
            : "This server's /metrics has none of the numbers that are shown here.";
    }

    /** Null where the server has nothing of it. */
    tile({ title, text, least, lines }, time) {
        const shown = lines.map((line) => ({ line, points: this.points.get(line) }));
        const values = shown.flatMap(({ points }) => points.map(([, value]) => value)).filter((value) => value !== null);
        if (values.length === 0) return null;
        const latest = ({ points }) => points.findLast(([, value]) => value !== null)?.[1] ?? null;
        const entries = shown.map((one) => ({
            style: one.line.style, name: one.line.name, value: latest(one) === null ? null : text(latest(one)),
        }));
        const spoken = entries.filter(({ value }) => value).map(({ name, value }) => `${name} ${value}`).join(", ");
        const tile = make("div", { class: "tile" }, make("h3", {}, title), legend(entries));
        const width = tileWidth();
        tile.append(chart({
            width, height: 150, label: `${title} in the last five minutes; now ${spoken}`,
            lines: shown.map(({ line, points }) => ({ style: line.style, points })),
            x: { from: time - span, to: time, ticks: [[time - span, "5 min ago"], [time, "now"]] },
            y: { from: 0, to: Math.max(...values, least), text },
        }));
        return tile;
    }
}

/** A counter's growth a second between two looks. */
function growth(before, now, name) {
    return before ? rate(before[name], now[name], now.time - before.time) : null;
}

/** The time to the first word between two looks; without the first, all since the start would count as now. */
function latency(before, now, share) {
    return before ? quantile(before.firstToken, now.firstToken, share) : null;
}

/** The room that a chart has in the grid of tiles. */
function tileWidth() {
    const column = parseFloat(getComputedStyle(byId("tiles")).gridTemplateColumns);
    return Math.max(220, Math.round((Number.isFinite(column) ? column : 340) - 34));
}
