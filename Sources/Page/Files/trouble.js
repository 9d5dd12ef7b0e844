// What went wrong, in one sentence that says what to do.

export class Trouble extends Error {
    /**
     * @param sentence for the visitor
     * @param status of the answer; 0 where there was none
     * @param code the server's word for it
     * @param wantsKey whether another key may help
     */
    constructor(sentence, { status = 0, code = "", wantsKey = false } = {}) {
        super(sentence);
        this.status = status;
        this.code = code;
        this.wantsKey = wantsKey;
    }
}

/** The server cannot be reached, or has gone in the middle. */
export function lostConnection() {
    return new Trouble("The connection to the server was lost; see whether it runs, and try again.");
}

/** Of an answer that is a refusal. */
export async function refusal(response, { scope, hadKey }) {
    const error = await errorOf(response);
    const seconds = response.headers.get("Retry-After");
    const request = response.headers.get("x-request-id");
    return troubleOf(response.status, error, { scope, hadKey, seconds, request });
}

/** Of an error that came inside a stream. */
export function streamTrouble(error) {
    return troubleOf(500, error, {});
}

async function errorOf(response) {
    try {
        return (await response.json()).error ?? {};
    } catch {
        return {};
    }
}

function troubleOf(status, error, context) {
    const { code = "", message = "" } = typeof error === "object" && error ? error : {};
    const wantsKey = status === 401 || (code === "missing_scope" && context.hadKey);
    return new Trouble(
        sentence(status, code ?? "", String(message ?? ""), context), { status, code, wantsKey });
}

/** The server's messages are sentences that begin small; the names of fields stay as they are. */
function asSentence(message) {
    const beginsWithField = message.split(" ", 1)[0].includes("_");
    const begin = beginsWithField ? message[0] : message[0].toUpperCase();
    return `${begin}${message.slice(1)}${/[.!?]$/.test(message) ? "" : "."}`;
}

function sentence(status, code, message, { scope, hadKey, seconds, request }) {
    const later = seconds ? `in ${seconds} s` : "in a moment";
    switch (true) {
        case status === 401 && hadKey:
            return "The server does not know this API key; type another one in.";
        case status === 401:
            return "This server asks for an API key; type one in above.";
        case code === "missing_scope" && hadKey:
            return `This API key has not the scope “${scope}”; type in one that has.`;
        case code === "rate_limited":
            return `You have asked as often as you may; try again ${later}.`;
        case status === 429:
            return `The server is busy; try again ${later}.`;
        case code === "model_not_found":
            return "This model is not served here, or no longer; choose another one.";
        case status === 404 && (code === "" || code === "not_found"):
            return "This is not offered at this address; ask the server's owner.";
        case code === "stopping":
            return `The server is shutting down; try again ${later}.`;
        case code === "load_failed" && status === 503:
            return "This model cannot be loaded; choose another one, or ask the server's owner to look into its log.";
        case status === 507:
            return "There is no memory for this model beside those in use; try again later, or choose another one.";
        case status === 503:
            return `The server cannot answer now; try again ${later}.`;
        case status >= 500 && code !== "generation_failed":
            return `The server failed; try again, and if it stays so, its log says why${request ? ` (request ${request})` : ""}.`;
        case message !== "":
            return asSentence(message);
        default:
            return `The server refused with status ${status}; try something else.`;
    }
}
