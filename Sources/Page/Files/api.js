// Asks the server that this page came from, and nobody else.

import { keyFor } from "./keys.js";
import { lostConnection, refusal } from "./trouble.js";

/**
 * Sends a request, with a key where one was typed in.
 *
 * @param path from the page's own address on
 * @returns the answer, whose status is 200
 * @throws Trouble; an AbortError where `signal` ended it
 */
export async function call(path, { scope = "infer", method = "GET", body, signal } = {}) {
    const key = keyFor(scope);
    const headers = {};
    if (key) headers.Authorization = `Bearer ${key}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response;
    try {
        response = await fetch(path, {
            method,
            headers,
            body: body === undefined ? undefined : JSON.stringify(body),
            signal,
            cache: "no-store",
            redirect: "error",
        });
    } catch (error) {
        throw error.name === "AbortError" ? error : lostConnection();
    }
    if (!response.ok) throw await refusal(response, { scope, hadKey: key !== null });
    return response;
}

/** The same, with the JSON of the answer. */
export async function ask(path, options) {
    const response = await call(path, options);
    try {
        return await response.json();
    } catch {
        throw lostConnection();
    }
}
