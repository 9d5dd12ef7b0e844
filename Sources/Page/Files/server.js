// The second view: numbers, models and runs, looked at while it is seen.

import { byId, tell } from "./elements.js";
import { Live } from "./live.js";
import { Models } from "./models.js";
import { Poller } from "./poller.js";
import { Runs } from "./runs.js";

export class Server {
    /**
     * @param onWantsKey called when another API key may help
     * @param onChange called when other weights are served
     */
    constructor(onWantsKey, onChange) {
        this.onWantsKey = onWantsKey;
        this.live = new Live();
        this.runs = new Runs();
        this.models = new Models(() => {
            this.lookAtModels();
            onChange();
        });
        this.troubles = { models: null, runs: null };
        this.hasNumbers = true;
        this.numbers = new Poller(2, () => this.lookAtNumbers());
        this.lists = new Poller(20, () => this.lookAtLists());
        byId("look-again").addEventListener("click", () => this.lookAtRuns());
    }

    /** Comes to be seen, perhaps with another key. */
    show() {
        if (this.hasNumbers) this.numbers.start();
        this.lists.start();
    }

    hide() {
        this.numbers.stop();
        this.lists.stop();
    }

    async lookAtNumbers() {
        try {
            this.hasNumbers = await this.live.look();
            return this.hasNumbers;
        } catch (error) {
            byId("live-note").textContent = error.message;
            // A key that is missing or wrong does not become right by asking again.
            return !error.wantsKey;
        }
    }

    async lookAtLists() {
        return (await this.lookAtModels()) && (await this.lookAtRuns());
    }

    async lookAtModels() {
        return this.look("models");
    }

    async lookAtRuns() {
        return this.look("runs");
    }

    /** Returns false where looking again makes no sense. */
    async look(list) {
        let trouble = null;
        try {
            await this[list].look();
        } catch (error) {
            trouble = error;
        }
        this.troubles[list] = trouble;
        const first = this.troubles.models ?? this.troubles.runs;
        tell(byId("server-trouble"), first?.message);
        if (!trouble?.wantsKey) return true;
        this.models.hide();
        this.runs.hide();
        this.onWantsKey();
        return false;
    }
}
