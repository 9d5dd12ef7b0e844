// What counters and histograms say of the time between two looks at them.

/**
 * What a counter has grown by a second.
 *
 * @param before, after values; @param seconds between them
 * @returns null where it cannot be known; a counter that fell began anew at 0
 */
export function rate(before, after, seconds) {
    if (before === null || after === null || !(seconds > 0)) return null;
    return (after >= before ? after - before : after) / seconds;
}

/**
 * The value below which a share of what was counted lies, straight between a bucket's bounds.
 *
 * @param before, after counts by upper bound, each with those of all lower bounds
 * @param share 0.5 for the median
 * @returns null where nothing was counted meanwhile
 */
export function quantile(before, after, share) {
    if (!after) return null;
    const bounds = [...after.keys()].sort((a, b) => a - b);
    const isNew = !before || bounds.some((bound) => after.get(bound) < (before.get(bound) ?? 0));
    const counts = bounds.map((bound) => after.get(bound) - (isNew ? 0 : before.get(bound) ?? 0));
    const all = counts.at(-1) ?? 0;
    if (!(all > 0)) return null;
    const wanted = all * share;
    const index = counts.findIndex((count) => count >= wanted);
    const lower = index > 0 ? bounds[index - 1] : 0;
    // Of what lies above the last bound, nothing more is known.
    if (bounds[index] === Infinity) return lower;
    const below = index > 0 ? counts[index - 1] : 0;
    const inside = counts[index] - below;
    return lower + (bounds[index] - lower) * (inside > 0 ? (wanted - below) / inside : 1);
}
