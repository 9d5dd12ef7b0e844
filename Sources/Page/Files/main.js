// Puts the page together.

import { Chat } from "./chat.js";
import { KeyBar } from "./keybar.js";
import { Server } from "./server.js";
import { startTabs } from "./tabs.js";

let shown = "chat";

const keyBar = new KeyBar(() => {
    chat.look();
    if (shown === "server") server.show();
});
const chat = new Chat(() => openKeyBar("chat"));
const server = new Server(() => openKeyBar("server"), () => chat.look());

/** Only for the view that is seen: the other one says so when its turn comes. */
function openKeyBar(view) {
    if (view === shown) keyBar.open();
}

startTabs((name) => {
    shown = name;
    keyBar.useFor(name === "chat" ? "infer" : "admin");
    if (name === "server") server.show();
    else server.hide();
    if (name === "chat" && !chat.isReady) chat.look();
});
