// Says a reply to screen readers a sentence at a time: word by word they would stutter, and at its
// end only one would wait too long.

/** How much stays in the region; what was said is not said again. */
const mostKept = 20;

export class Speaker {
    /** @param region a live region that nobody sees */
    constructor(region) {
        this.region = region;
        this.rest = "";
    }

    /** Takes the next piece of a reply, and says the sentences that are whole. */
    add(piece) {
        this.rest += piece;
        const end = Math.max(...[". ", "! ", "? ", "… ", "\n"].map((mark) => this.rest.lastIndexOf(mark)));
        if (end < 0) return;
        this.say(this.rest.slice(0, end + 1));
        this.rest = this.rest.slice(end + 1);
    }

    /** Says what is left of a reply. */
    finish() {
        this.say(this.rest);
        this.rest = "";
    }

    say(text) {
        if (!text.trim()) return;
        const line = document.createElement("p");
        line.textContent = text.trim();
        this.region.append(line);
        while (this.region.children.length > mostKept) this.region.firstElementChild.remove();
    }
}
