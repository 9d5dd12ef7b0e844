// The two views and the tabs that choose between them, by mouse, by arrow keys or by address.

import { byId } from "./elements.js";

const names = ["chat", "server"];

/** @param onShow called with the name of a view whenever it comes to be seen */
export function startTabs(onShow) {
    const tabs = names.map((name) => byId(`tab-${name}`));

    function show(name) {
        for (const [index, other] of names.entries()) {
            const isShown = other === name;
            tabs[index].setAttribute("aria-selected", String(isShown));
            tabs[index].tabIndex = isShown ? 0 : -1;
            byId(`view-${other}`).hidden = !isShown;
        }
        document.title = name === "chat" ? "dixie" : "dixie: server";
        onShow(name);
    }

    function go(name) {
        history.replaceState(null, "", name === "chat" ? location.pathname : `#${name}`);
        show(name);
    }

    for (const [index, tab] of tabs.entries()) {
        tab.addEventListener("click", () => go(names[index]));
        tab.addEventListener("keydown", (event) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            const target = { Home: 0, End: names.length - 1 }[event.key]
                ?? (step && (index + step + names.length) % names.length);
            if (target === undefined) return;
            event.preventDefault();
            go(names[target]);
            tabs[target].focus();
        });
    }
    const named = () => (location.hash === "#server" ? "server" : "chat");
    addEventListener("hashchange", () => {
        show(named());
        // Who skips to the message from the other view finds it hidden until now.
        if (location.hash === "#message") byId("message").focus();
    });
    show(named());
}
