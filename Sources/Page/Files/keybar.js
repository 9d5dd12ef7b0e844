// The bar in which an API key is typed in.

import { byId } from "./elements.js";
import { forgetKeys, rememberKey } from "./keys.js";

const labels = { infer: "API key", admin: "API key of an administrator" };

export class KeyBar {
    /** @param onChange called when keys were typed in or forgotten */
    constructor(onChange) {
        this.scope = "infer";
        this.bar = byId("key-bar");
        this.field = byId("key");
        this.toggle = byId("key-toggle");
        this.bar.addEventListener("submit", (event) => {
            event.preventDefault();
            const key = this.field.value.trim();
            // What stands in no header is no key; a quote or a blank from elsewhere may have come along.
            this.field.setCustomValidity(
                /^[\x21-\x7e]*$/.test(key) ? "" : "A key has letters, digits and signs of ASCII only.");
            if (!key || !this.field.reportValidity()) return this.field.focus();
            rememberKey(this.scope, key);
            this.field.value = "";
            this.open(false);
            this.toggle.focus();
            onChange();
        });
        byId("key-forget").addEventListener("click", () => {
            forgetKeys();
            this.field.value = "";
            this.field.focus();
            onChange();
        });
        this.toggle.addEventListener("click", () => {
            this.open(this.bar.hidden);
            if (!this.bar.hidden) this.field.focus();
        });
        this.bar.addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            this.open(false);
            this.toggle.focus();
        });
    }

    /** What the next key is for. */
    useFor(scope) {
        this.scope = scope;
        byId("key-label").textContent = labels[scope];
    }

    open(isOpen = true) {
        this.bar.hidden = !isOpen;
        this.toggle.setAttribute("aria-expanded", String(isOpen));
    }
}
