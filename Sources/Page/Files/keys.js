// The API keys that the visitor has typed in: one to ask models, one to change them. They stay in
// this tab's sessionStorage and go nowhere but into the header of requests to this server.

const prefix = "dixie.key.";
const scopes = ["infer", "admin"];
/** Where a browser keeps nothing, for as long as the page is open. */
const fallback = new Map();

/** The key for a scope; that of the other one where only that was typed in. */
export function keyFor(scope) {
    return read(scope) ?? read(scopes.find((other) => other !== scope));
}

export function rememberKey(scope, key) {
    try {
        sessionStorage.setItem(prefix + scope, key);
    } catch {
        fallback.set(scope, key);
    }
}

export function forgetKeys() {
    fallback.clear();
    try {
        for (const scope of scopes) sessionStorage.removeItem(prefix + scope);
    } catch {
        // Then none was kept there.
    }
}

function read(scope) {
    try {
        return sessionStorage.getItem(prefix + scope) ?? fallback.get(scope) ?? null;
    } catch {
        return fallback.get(scope) ?? null;
    }
}
