// Does something again and again, but only while somebody looks.

export class Poller {
    /**
     * @param seconds from the end of one time to the next
     * @param run what is done; false ends it until the next start
     */
    constructor(seconds, run) {
        this.seconds = seconds;
        this.run = run;
        this.isWanted = false;
        this.isRunning = false;
        this.timer = null;
        this.wishes = 0;
        document.addEventListener("visibilitychange", () => this.look());
    }

    /** Begins at once, also where the next time was still to come. */
    start() {
        clearTimeout(this.timer);
        this.timer = null;
        this.isWanted = true;
        this.wishes += 1;
        this.look();
    }

    stop() {
        this.isWanted = false;
        clearTimeout(this.timer);
        this.timer = null;
    }

    look() {
        const isSeen = document.visibilityState === "visible";
        if (this.isWanted && isSeen && !this.isRunning && this.timer === null) this.turn();
    }

    async turn() {
        this.timer = null;
        if (!this.isWanted || document.visibilityState !== "visible") return;
        this.isRunning = true;
        const { wishes } = this;
        const goesOn = await this.run();
        this.isRunning = false;
        // It may have been wanted anew meanwhile.
        if (wishes !== this.wishes) return this.look();
        if (goesOn === false) this.isWanted = false;
        if (this.isWanted) this.timer = setTimeout(() => this.turn(), this.seconds * 1000);
    }
}
