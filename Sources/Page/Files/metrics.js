// Reads what `GET /metrics` says, in Prometheus's text format.

/**
 * The samples of a text; lines that are none are left out.
 *
 * @returns a list of `{ name, labels, value }`
 */
export function parseMetrics(text) {
    const samples = [];
    for (const line of text.split("\n")) {
        const parts = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/.exec(line);
        if (!parts) continue;
        const value = numberOf(parts[3]);
        if (value !== null) samples.push({ name: parts[1], labels: labelsOf(parts[2] ?? ""), value });
    }
    return samples;
}

function labelsOf(text) {
    const labels = {};
    for (const [, name, value] of text.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
        labels[name] = value.replace(/\\(.)/g, (_, mark) => (mark === "n" ? "\n" : mark));
    }
    return labels;
}

function numberOf(text) {
    const special = { "+Inf": Infinity, Inf: Infinity, "-Inf": -Infinity, NaN: NaN };
    const value = text in special ? special[text] : Number(text);
    return Number.isNaN(value) ? null : value;
}

/** The sum of a name over all its labels; null where the server does not have it. */
export function total(samples, name, labels = {}) {
    const found = samples.filter(
        (sample) => sample.name === name
            && Object.entries(labels).every(([key, value]) => sample.labels[key] === value));
    return found.length > 0 ? found.reduce((sum, { value }) => sum + value, 0) : null;
}

/** The counts of a histogram by their upper bounds, over all models; null where there are none. */
export function buckets(samples, name) {
    const counts = new Map();
    for (const { name: other, labels, value } of samples) {
        if (other !== `${name}_bucket`) continue;
        const bound = numberOf(labels.le ?? "");
        if (bound !== null) counts.set(bound, (counts.get(bound) ?? 0) + value);
    }
    return counts.size > 0 ? counts : null;
}
