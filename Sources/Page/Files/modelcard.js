// One model: what is served under its key, and what its owner can do about it.

import { breakable, make } from "./elements.js";
import { bytes } from "./units.js";

export class ModelCard {
    /**
     * @param key the model's
     * @param change called with the model's key, the word for the change, and its body; says how it went
     */
    constructor(key, change) {
        this.key = key;
        this.change = change;
        this.name = make("h3", {}, key);
        this.title = make("div", { class: "card-head" }, this.name);
        this.facts = make("dl", { class: "facts" });
        this.outcome = make("p", { class: "outcome note", role: "status" });
        this.swapButton = make("button", { type: "button", class: "quiet", "aria-expanded": "false" }, "Swap…");
        this.backButton = make("button", { type: "button", class: "quiet" }, "Roll back");
        this.form = this.makeForm();
        this.element = make(
            "li", { class: "card" }, this.title, this.facts,
            make("div", { class: "actions" }, this.swapButton, this.backButton), this.form, this.outcome);
        this.swapButton.addEventListener("click", () => this.open(this.form.hidden));
        this.backButton.addEventListener("click", () => this.run("rollback", {}, "Rolling back"));
    }

    makeForm() {
        this.path = make("input", {
            id: `swap-${this.key}`, list: "run-paths", required: true, autocomplete: "off", spellcheck: "false",
            placeholder: "checkpoint/run2",
        });
        this.drain = make("input", { type: "checkbox", id: `drain-${this.key}` });
        const form = make(
            "form", { class: "swap", hidden: true, autocomplete: "off" },
            make("label", { for: this.path.id }, "Serve another checkpoint: a folder, or one file"), this.path,
            make("label", { class: "check" }, this.drain, "Take the old one out first, where both do not fit into memory"),
            make("div", { class: "actions" }, make("button", { type: "submit" }, "Swap it in")));
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            const path = this.path.value.trim();
            if (path) this.run("swap", { restore_from: path, drain: this.drain.checked }, "Loading");
        });
        return form;
    }

    /** What `GET /admin/models` says of it. */
    show(model) {
        const badges = [
            model.loaded ? ["loaded", "good"] : ["not loaded", ""],
            model.pinned ? ["pinned", ""] : null,
            model.swapped ? ["swapped", "changed"] : null,
        ].filter((badge) => badge !== null);
        this.title.replaceChildren(
            this.name,
            ...badges.map(([text, style]) => make("span", { class: `badge ${style}` }, text)));
        const rows = [
            ["Version", model.version ?? "–"],
            ["Memory", model.bytes === null ? "–" : `${bytes(model.bytes)} in ${model.weights}`],
            ["Serves", model.serves ? breakable(model.serves) : "–"],
            ["Configured", breakable(model.restore_from ?? model.model_name)],
        ];
        this.facts.replaceChildren(...rows.flatMap(([name, value]) => [
            make("dt", {}, name), make("dd", { class: name === "Memory" ? null : "code" }, value),
        ]));
        this.backButton.disabled = !model.can_roll_back;
    }

    open(isOpen) {
        this.form.hidden = !isOpen;
        this.swapButton.setAttribute("aria-expanded", String(isOpen));
        if (isOpen) this.path.focus();
    }

    async run(verb, body, doing) {
        const buttons = [...this.element.querySelectorAll("button")].filter((button) => !button.disabled);
        const focused = document.activeElement;
        for (const button of buttons) button.disabled = true;
        this.tell(`${doing}…`);
        try {
            this.tell(await this.change(this.key, verb, body));
            if (verb === "swap") this.open(false);
        } catch (error) {
            this.tell(error.message, true);
        } finally {
            for (const button of buttons) button.disabled = false;
            // What was turned off or hidden has lost the focus, unless the visitor is elsewhere by now.
            const now = document.activeElement;
            if (now === document.body || this.element.contains(now)) {
                (focused.closest("[hidden]") ? this.swapButton : focused).focus();
            }
        }
    }

    tell(sentence, failed = false) {
        this.outcome.textContent = sentence;
        this.outcome.classList.toggle("failure", failed);
    }
}
