// The models that are served, and the calls that change them.

import { ask } from "./api.js";
import { byId } from "./elements.js";
import { ModelCard } from "./modelcard.js";

export class Models {
    /** @param onChange called when other weights are served */
    constructor(onChange) {
        this.cards = new Map();
        this.onChange = onChange;
        this.reload = byId("reload");
        this.note = byId("models-note");
        this.reload.addEventListener("click", () => this.reloadConfiguration());
    }

    /** @throws Trouble */
    async look() {
        const { models } = await ask("admin/models", { scope: "admin" });
        this.reload.disabled = false;
        const keys = new Set(models.map(({ model_key: key }) => key));
        for (const [key, card] of this.cards) {
            if (keys.has(key)) continue;
            card.element.remove();
            this.cards.delete(key);
        }
        const list = byId("models");
        for (const [index, model] of models.entries()) {
            const card = this.card(model.model_key);
            card.show(model);
            // One that stays where it is keeps its focus.
            if (list.children[index] !== card.element) list.insertBefore(card.element, list.children[index] ?? null);
        }
    }

    /** Nobody may look any more. */
    hide() {
        this.cards.clear();
        byId("models").replaceChildren();
        this.reload.disabled = true;
    }

    card(key) {
        const known = this.cards.get(key);
        if (known) return known;
        const card = new ModelCard(key, (...change) => this.change(...change));
        this.cards.set(key, card);
        return card;
    }

    async change(key, verb, body) {
        const path = `admin/models/${encodeURIComponent(key)}/${verb}`;
        const { model_version: version, previous_version: before } =
            await ask(path, { scope: "admin", method: "POST", body });
        this.onChange();
        return before ? `Serves ${version} now; it was ${before}.` : `Serves ${version} now.`;
    }

    async reloadConfiguration() {
        this.reload.disabled = true;
        this.note.textContent = "Reading the configuration…";
        try {
            const change = await ask("admin/reload", { scope: "admin", method: "POST" });
            const parts = ["added", "removed", "swapped"]
                .filter((word) => change[word].length > 0)
                .map((word) => `${word} ${change[word].join(", ")}`);
            this.note.textContent = parts.length > 0 ? `Reloaded: ${parts.join("; ")}.` : "Reloaded; the models are the same.";
            this.onChange();
        } catch (error) {
            this.note.textContent = error.message;
        } finally {
            this.reload.disabled = false;
            // What is disabled loses the focus; who is elsewhere by now stays there.
            if (document.activeElement === document.body) this.reload.focus();
        }
    }
}
