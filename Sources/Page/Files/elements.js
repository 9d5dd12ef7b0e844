// Finds and makes elements. Text goes in as text, so that nothing a model or a server says is ever
// read as markup.

const svgSpace = "http://www.w3.org/2000/svg";

/** The element of an id that the page is known to have. */
export function byId(id) {
    return document.getElementById(id);
}

/** Makes an HTML element; children are elements or text. */
export function make(tag, attributes = {}, ...children) {
    return filled(document.createElement(tag), attributes, children);
}

/** Makes an SVG element. */
export function draw(tag, attributes = {}, ...children) {
    return filled(document.createElementNS(svgSpace, tag), attributes, children);
}

/** A path that may be broken behind its slashes. */
export function breakable(path) {
    const whole = document.createDocumentFragment();
    for (const part of path.split(/(?<=\/)/)) whole.append(part, document.createElement("wbr"));
    return whole;
}

/** Puts a sentence where there is one, and hides the place where there is none. */
export function tell(element, sentence) {
    element.textContent = sentence ?? "";
    element.hidden = !sentence;
}

function filled(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === true) element.setAttribute(name, "");
        else if (value !== false && value != null) element.setAttribute(name, String(value));
    }
    element.append(...children.filter((child) => child != null));
    return element;
}
