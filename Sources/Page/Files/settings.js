// With whom the visitor talks, and how: persona, audience, temperature, length. What the visitor has
// not touched is left to the server, whose defaults are shown.

import { byId, make } from "./elements.js";

export class Settings {
    /** @param onChange called with what is chosen when persona or audience become others */
    constructor(onChange) {
        this.onChange = onChange;
        this.personas = [];
        this.touched = new Set();
        this.persona = byId("persona");
        this.audience = byId("audience");
        this.temperature = byId("temperature");
        this.length = byId("length");
        this.persona.addEventListener("change", () => {
            this.showDefaults();
            onChange(this.choice);
        });
        this.audience.addEventListener("change", () => {
            this.summarize();
            onChange(this.choice);
        });
        for (const field of [this.temperature, this.length]) {
            field.addEventListener("input", () => {
                this.touched.add(field.id);
                this.summarize();
            });
        }
        this.foldWhereNarrow();
    }

    /** The list of the server; what is chosen stays, if it is still there. */
    show(personas) {
        const before = this.persona.value;
        const hadPersonas = this.personas.length > 0;
        this.personas = personas;
        this.persona.replaceChildren(
            ...personas.map(({ model_key: key }) => make("option", { value: key }, key)));
        byId("settings-fields").disabled = personas.length === 0;
        const isThere = personas.some(({ model_key: key }) => key === before);
        if (isThere) this.persona.value = before;
        else this.showDefaults();
        this.summarize();
        if (hadPersonas && !isThere && this.current) this.onChange(this.choice);
    }

    /** Null while there is nobody to talk to. */
    get current() {
        return this.personas.find(({ model_key: key }) => key === this.persona.value) ?? null;
    }

    /** Key and audience. */
    get choice() {
        const audience = this.audience.value.trim() || (this.current?.persona.audience ?? "");
        return { key: this.persona.value, audience };
    }

    /** The fields of a request. */
    get fields() {
        const { key, audience } = this.choice;
        const fields = { model_key: key, audience };
        if (this.touched.has("temperature")) fields.temperature = this.temperature.valueAsNumber;
        const length = this.length.valueAsNumber;
        if (this.touched.has("length") && Number.isInteger(length)) fields.length = length;
        return fields;
    }

    showDefaults() {
        const current = this.current;
        if (!current) return;
        this.touched.clear();
        const { temperature, length } = current.generation;
        this.audience.value = current.persona.audience;
        byId("audiences").replaceChildren(
            ...current.names.map((name) => make("option", { value: name })));
        this.temperature.max = temperature > 2 ? 5 : 2;
        this.temperature.value = temperature;
        this.length.max = current.context_length ? current.context_length - 1 : 4096;
        this.length.value = length;
        this.summarize();
    }

    summarize() {
        // The slider goes by steps, the model's own need not.
        const own = this.touched.has("temperature") ? null : this.current?.generation.temperature;
        const value = (own ?? this.temperature.valueAsNumber).toFixed(2);
        byId("temperature-value").textContent = value;
        const { key, audience } = this.choice;
        byId("settings-summary").textContent = key ? `${key}, to ${audience}, at ${value}` : "";
    }

    /** Beside the chat they are always open; above it, only when they are wanted. */
    foldWhereNarrow() {
        const wide = matchMedia("(min-width: 861px)");
        const fold = () => {
            byId("settings").open = wide.matches;
        };
        wide.addEventListener("change", fold);
        fold();
    }
}
