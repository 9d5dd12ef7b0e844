// Numbers as people read them.

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** "1,234"; with a digit behind the point below 10. */
export function count(value) {
    return Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(1) : plain.format(value);
}

/** "4.2 MB", in powers of 1024 as the configuration counts. */
export function bytes(value) {
    const units = ["bytes", "KB", "MB", "GB", "TB"];
    let rest = value;
    let unit = 0;
    while (rest >= 1024 && unit < units.length - 1) {
        rest /= 1024;
        unit += 1;
    }
    return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[unit]}`;
}

/** "40 ms", "1.3 s", "2 min". */
export function duration(seconds) {
    if (seconds === 0) return "0";
    if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
    if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
    if (seconds < 100) return `${seconds.toFixed(1)} s`;
    return `${Math.round(seconds / 60)} min`;
}

/** "3 minutes ago". */
export function ago(seconds) {
    const steps = [[60, "second"], [60, "minute"], [24, "hour"], [Infinity, "day"]];
    let rest = Math.max(0, seconds);
    for (const [size, name] of steps) {
        if (rest < size) {
            const whole = Math.floor(rest);
            if (name === "second") return "just now";
            return `${whole} ${name}${whole === 1 ? "" : "s"} ago`;
        }
        rest /= size;
    }
    return "";
}

/** A loss with as many digits as it is worth. */
export function loss(value) {
    return Math.abs(value) < 1000 ? value.toFixed(3) : value.toExponential(2);
}
