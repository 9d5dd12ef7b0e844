// Server-sent events, as they come in the body of an answer.

/**
 * The data of one event after the other, to the end of the body.
 *
 * @param body a stream of bytes
 */
export async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return;
            rest += value;
            const whole = rest.split("\n\n");
            rest = whole.pop();
            for (const event of whole) {
                const data = dataOf(event);
                if (data !== null) yield data;
            }
        }
    } finally {
        reader.cancel().catch(() => {});
    }
}

/** Null for an event without data, such as a comment. */
function dataOf(event) {
    const lines = event
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(line[5] === " " ? 6 : 5));
    return lines.length > 0 ? lines.join("\n") : null;
}
