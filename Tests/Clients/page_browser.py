"""A browser that looks at the page at `/`, and what the page has to be like in it."""

import base64
import json
import shutil

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from page_server import PATIENCE


class Page:
    """A browser with one tab, and what it saw."""

    def __init__(self, url):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
            "--hide-scrollbars", "--force-color-profile=srgb",
        ]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_script_timeout(PATIENCE)
        self.url = url
        self.resize(1000, 800)

    def open(self, path="/"):
        self.driver.get("about:blank")
        self.driver.get(self.url + path)
        return self

    def resize(self, width, height, is_touched=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_touched})
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": is_touched})

    def prefer(self, **features):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()]})

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def module(self, script, *arguments):
        """Runs the body of an async function that may import the page's modules."""
        wrapped = ("const [...args] = arguments; const done = args.pop();"
                   "(async () => {" + script + "})().then((value) => done([value, null]),"
                   "(error) => done([null, String(error)]));")
        value, error = self.driver.execute_async_script(wrapped, *arguments)
        assert error is None, error
        return value

    def id(self, name):
        return self.driver.find_element(By.ID, name)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, name):
        return self.id(name).text

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def press_with_shift(self, key):
        ActionChains(self.driver).key_down(Keys.SHIFT).send_keys(key).key_up(Keys.SHIFT).perform()

    @property
    def focused(self):
        return self.run("return document.activeElement.id || document.activeElement.tagName")

    def until(self, condition, what):
        try:
            # What is looked at may be drawn anew at that moment.
            waiting = WebDriverWait(self.driver, PATIENCE, 0.05, [StaleElementReferenceException])
            return waiting.until(lambda _: condition())
        except Exception as error:
            raise AssertionError(f"{what}; the page says: {self.driver.find_element(By.TAG_NAME, 'body').text[:900]}") from error

    def ready(self):
        self.until(lambda: self.all("#persona option") and self.id("send").is_enabled(), "no personas")
        return self

    def say(self, text):
        before = len(self.all(".turn.theirs"))
        self.id("message").send_keys(text, Keys.ENTER)
        self.until(lambda: len(self.all(".turn.theirs")) == before + 1, "no turn began")

    def reply(self):
        """The last turn, when it has ended."""
        self.until(lambda: not self.all('.turn[aria-busy="true"]'), "the reply does not end")
        turn = self.all(".turn.theirs")[-1]
        return turn.find_element(By.CLASS_NAME, "said").text, turn.find_element(By.CLASS_NAME, "note").text

    def ask(self, text):
        self.say(text)
        return self.reply()

    def show(self, name):
        self.id(f"tab-{name}").click()

    def complaints(self, *allowed):
        """What the console has said since the last time, but for answers that a check has provoked."""
        found = []
        for entry in self.driver.get_log("browser"):
            if entry["level"] in ["SEVERE", "WARNING"] and not any(one in entry["message"] for one in allowed):
                found.append(entry["message"])
        return found

    def has_no_complaints(self, *allowed):
        found = self.complaints(*allowed)
        assert found == [], found

    def requests(self):
        """Where the page has asked since the last time."""
        urls = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return urls

    def picture(self, folder, name, is_whole=False):
        if folder is None:
            return
        if is_whole:
            size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
            picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
                "captureBeyondViewport": True, "format": "png",
                "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}})
            (folder / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))
        else:
            self.driver.save_screenshot(str(folder / f"{name}.png"))


LABELS = """
const named = (e) => e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim();
return [...document.querySelectorAll('input, select, textarea, button, [tabindex="0"], [role]')]
    .filter((e) => !named(e) && e.id !== 'spoken' && e.getAttribute('role') !== 'alert'
        && e.getAttribute('role') !== 'status').map((e) => e.outerHTML.slice(0, 120));
"""
BROKEN_IDS = """
const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
const names = ['for', 'aria-controls', 'aria-labelledby', 'aria-describedby', 'list'];
const lost = names.flatMap((name) => [...document.querySelectorAll(`[${name}]`)]
    .flatMap((e) => e.getAttribute(name).split(' ')).filter((id) => !document.getElementById(id)));
return [...twice, ...lost];
"""
# Of each piece of text that is seen: its colour against what lies behind it, by WCAG's formula.
FAINT_TEXT = """
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
};
const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ground = (e) => {
    for (; e; e = e.parentElement) {
        const colour = rgba(getComputedStyle(e).backgroundColor);
        if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
};
const faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility({ visibilityProperty: true }) || e.closest('.hidden-text, :disabled, datalist, script, noscript')) continue;
    const style = getComputedStyle(e);
    const colour = rgba(e instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(colour), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 40)}`);
}
return faint;
"""
TOO_WIDE = """
const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && box.right > innerWidth + 1 && !e.closest('.hidden-text, .skip');
});
return [document.documentElement.scrollWidth > innerWidth ? 'the page' : null, ...wide.map((e) => e.outerHTML.slice(0, 90))].filter(Boolean);
"""


def check_sound(page):
    assert page.run(LABELS) == [], page.run(LABELS)
    assert page.run(BROKEN_IDS) == [], page.run(BROKEN_IDS)
