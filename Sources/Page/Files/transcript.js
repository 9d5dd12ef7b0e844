// What was said, turn by turn.

import { make } from "./elements.js";

/** Turns that stay on the page; older ones go. */
const mostTurns = 200;

export class Transcript {
    /**
     * @param box scrolls
     * @param list holds the turns
     * @param empty is seen while there are none
     */
    constructor(box, list, empty) {
        this.box = box;
        this.list = list;
        this.empty = empty;
    }

    clear() {
        this.list.replaceChildren();
        this.empty.hidden = false;
    }

    get isEmpty() {
        return this.list.children.length === 0;
    }

    /** What the visitor has said. */
    addYours(name, text) {
        const said = make("p", { class: "said" }, text);
        this.add(make("li", { class: "turn yours" }, make("p", { class: "who" }, name), said));
        this.box.scrollTop = this.box.scrollHeight;
    }

    /** A remark between turns. */
    addDivider(text) {
        this.add(make("li", { class: "turn divider note" }, text));
    }

    /** A reply that is about to come. */
    addReply(name) {
        const text = document.createTextNode("");
        const note = make("p", { class: "note" });
        const turn = make(
            "li", { class: "turn theirs", "aria-busy": "true" },
            make("p", { class: "who" }, name), make("p", { class: "said" }, text), note);
        this.add(turn);
        return new Reply(this, turn, text, note);
    }

    add(turn) {
        this.empty.hidden = true;
        this.following(() => {
            this.list.append(turn);
            while (this.list.children.length > mostTurns) this.list.firstElementChild.remove();
        });
    }

    /** Stays at the end, unless the reader has gone up. */
    following(change) {
        const isAtEnd = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 48;
        change();
        if (isAtEnd) this.box.scrollTop = this.box.scrollHeight;
    }
}

class Reply {
    constructor(transcript, turn, text, note) {
        this.transcript = transcript;
        this.turn = turn;
        this.text = text;
        this.note = note;
    }

    get isEmpty() {
        return this.text.data.trim() === "";
    }

    append(piece) {
        this.transcript.following(() => this.text.appendData(piece));
    }

    /** Ends the reply, with a remark below it. */
    end(remark, failed = false) {
        this.transcript.following(() => {
            this.turn.removeAttribute("aria-busy");
            this.turn.classList.toggle("failed", failed);
            this.note.classList.toggle("failure", failed);
            this.note.textContent = remark;
        });
    }
}
