// The chat: sends what the visitor says, shows the reply as it comes, and can stop it.

import { ask, call } from "./api.js";
import { byId, tell } from "./elements.js";
import { events } from "./events.js";
import { Settings } from "./settings.js";
import { Speaker } from "./speaker.js";
import { Transcript } from "./transcript.js";
import { Trouble, lostConnection, streamTrouble } from "./trouble.js";
import { count, duration } from "./units.js";

export class Chat {
    /** @param onWantsKey called when another API key may help */
    constructor(onWantsKey) {
        this.onWantsKey = onWantsKey;
        this.session = newSession();
        this.running = null;
        this.message = byId("message");
        this.send = byId("send");
        this.stop = byId("stop");
        this.transcript = new Transcript(byId("turns-box"), byId("turns"), byId("turns-empty"));
        this.speaker = new Speaker(byId("spoken"));
        this.settings = new Settings((choice) => this.noteChoice(choice));
        byId("composer").addEventListener("submit", (event) => {
            event.preventDefault();
            this.say();
        });
        this.message.addEventListener("keydown", (event) => this.key(event));
        this.message.addEventListener("input", () => this.fit());
        this.stop.addEventListener("click", () => this.running?.abort());
        byId("view-chat").addEventListener("keydown", (event) => {
            if (event.key === "Escape") this.running?.abort();
        });
        byId("start-over").addEventListener("click", () => this.startOver());
    }

    /** Whether it is known who there is to talk to. */
    get isReady() {
        return this.settings.current !== null;
    }

    /** Asks who there is to talk to. */
    async look() {
        try {
            const { personas } = await ask("personas");
            this.settings.show(personas);
            tell(byId("chat-trouble"), null);
            byId("empty-note").textContent = personas.length > 0
                ? "Choose a persona and say something."
                : "No model is served yet; add one to server_config.json and reload it.";
            this.send.disabled = personas.length === 0;
        } catch (error) {
            // Whom one could talk to before, one still can.
            this.send.disabled = !this.isReady;
            byId("empty-note").textContent = "";
            this.show(error);
        }
    }

    async say() {
        const text = this.message.value.trim();
        if (!text || this.running || !this.settings.current) return;
        const { key, audience } = this.settings.choice;
        tell(byId("chat-trouble"), null);
        this.message.value = "";
        this.fit();
        this.transcript.addYours(`You, as ${audience}`, text);
        const reply = this.transcript.addReply(key);
        this.begin();
        try {
            const body = {
                ...this.settings.fields, message: text, session_id: this.session,
                stream: true, format: "json",
            };
            const remark = await this.receive(body, reply, this.running.signal);
            reply.end(reply.isEmpty ? "Said nothing." : remark);
            this.speaker.finish();
        } catch (error) {
            this.speaker.finish();
            await this.fail(error, reply, text);
        } finally {
            this.end();
        }
    }

    /** Shows a reply as it comes; returns what there is to remark on it. */
    async receive(body, reply, signal) {
        const begun = performance.now();
        const response = await call("invocations", { method: "POST", body, signal });
        let first = null;
        let ending = null;
        let isWhole = false;
        try {
            for await (const data of events(response.body)) {
                if (data === "[DONE]") {
                    isWhole = true;
                    continue;
                }
                const event = JSON.parse(data);
                if (event.error) throw streamTrouble(event.error);
                if (event.text) {
                    first ??= performance.now();
                    reply.append(event.text);
                    this.speaker.add(event.text);
                }
                if (event.finish_reason) ending = event;
            }
        } catch (error) {
            throw error.name === "AbortError" || error instanceof Trouble ? error : lostConnection();
        }
        if (!isWhole) throw lostConnection();
        return remark(ending, begun, first);
    }

    async fail(error, reply, text) {
        if (error.name === "AbortError") {
            reply.end("Stopped. A reply that was not finished is not remembered.");
            this.speaker.say("Stopped.");
            return;
        }
        reply.end(reply.isEmpty ? "No reply." : "Broken off; not remembered.", true);
        // So that nobody has to type it again.
        if (!this.message.value) {
            this.message.value = text;
            this.fit();
        }
        if (error.code === "model_not_found") await this.look();
        this.show(error);
    }

    show(error) {
        tell(byId("chat-trouble"), error.message);
        if (error.wantsKey) this.onWantsKey();
    }

    begin() {
        this.running = new AbortController();
        const hadFocus = document.activeElement === this.send;
        this.send.hidden = true;
        this.stop.hidden = false;
        if (hadFocus) this.stop.focus();
    }

    end() {
        this.running = null;
        const hadFocus = document.activeElement === this.stop;
        this.stop.hidden = true;
        this.send.hidden = false;
        if (hadFocus) this.message.focus();
    }

    /** Forgets what was said: the next message begins another chat. */
    startOver() {
        this.running?.abort();
        this.session = newSession();
        this.transcript.clear();
        tell(byId("chat-trouble"), null);
        this.speaker.say("Started over.");
        this.message.focus();
    }

    noteChoice({ key, audience }) {
        this.running?.abort();
        if (this.transcript.isEmpty) return;
        this.transcript.addDivider(`From here on you talk to ${key}, as ${audience}.`);
    }

    key(event) {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        // A keyboard on glass has no other way to begin a line.
        if (matchMedia("(pointer: coarse)").matches) return;
        event.preventDefault();
        this.say();
    }

    /** As many lines as the message has, up to what the style allows. */
    fit() {
        this.message.style.height = "auto";
        const border = this.message.offsetHeight - this.message.clientHeight;
        this.message.style.height = `${this.message.scrollHeight + border}px`;
    }
}

/** A name for a chat that nobody guesses. */
function newSession() {
    const random = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function remark(ending, begun, first) {
    if (!ending || first === null) return "";
    const tokens = ending.usage.completion_tokens;
    const parts = [`${count(tokens)} token${tokens === 1 ? "" : "s"}`];
    const seconds = (performance.now() - first) / 1000;
    if (tokens > 1 && seconds > 0) parts.push(`${count((tokens - 1) / seconds)} tokens/s`);
    parts.push(`first after ${duration((first - begun) / 1000)}`);
    if (ending.finish_reason === "length") parts.push("cut at the longest length");
    return parts.join(" · ");
}
