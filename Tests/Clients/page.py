"""Drives the page at `/` in a real browser, against a real server with small models.

    apt-get install -y --no-install-recommends chromium chromium-driver
    pip install selenium==4.27.1
    python3 Tests/Clients/page.py --server bin/server [--screenshots FOLDER] [NAME ...]

Each check is a function below; with names, only those are run. What fails is said with the check's
name, and the program then ends with 1. Times are limits of patience, not measurements.
"""
import argparse
import json
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
import urllib.request

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 120
KEY, READER, HASTY = "everything-key-0001", "only-reading-key-1", "only-once-a-while1"


# What is served.

def write_slow_model(folder):
    """A model of 21 million invented weights, whose replies take seconds: there is time to stop one."""
    width, layers, window, words = 384, 12, 1024, 1000
    shapes = {"wte.weight": [words, width], "wpe.weight": [window, width]}
    for layer in range(layers):
        name = f"h.{layer}."
        shapes |= {
            name + "ln_1.weight": [width], name + "ln_1.bias": [width],
            name + "attn.c_attn.weight": [width, 3 * width], name + "attn.c_attn.bias": [3 * width],
            name + "attn.c_proj.weight": [width, width], name + "attn.c_proj.bias": [width],
            name + "ln_2.weight": [width], name + "ln_2.bias": [width],
            name + "mlp.c_fc.weight": [width, 4 * width], name + "mlp.c_fc.bias": [4 * width],
            name + "mlp.c_proj.weight": [4 * width, width], name + "mlp.c_proj.bias": [width],
        }
    shapes |= {"ln_f.weight": [width], "ln_f.bias": [width]}
    header, offset = {}, 0
    for name, shape in shapes.items():
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    noise = random.Random(7)
    # A prime number of them, so that no two rows are alike.
    block = struct.pack("<65537f", *(noise.gauss(0, 0.08) for _ in range(65537)))
    folder.mkdir(parents=True)
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        left = offset
        while left > 0:
            file.write(block[:left])
            left -= len(block)
    (folder / "config.json").write_text(json.dumps({
        "model_type": "gpt2", "activation_function": "gelu_new", "vocab_size": words,
        "n_positions": window, "n_embd": width, "n_head": 6, "n_layer": layers}))
    for name in ["vocab.json", "merges.txt"]:
        shutil.copy(PROJECT / "Tests/Fixtures/models/red" / name, folder)


def write_runs(folder):
    """A finished run with a model to swap in, and one whose table has been damaged."""
    noise = random.Random(3)
    header = "step,loss,avg,learning_rate,norm,tokens_per_second,val_loss"
    for name, steps in [("mom", 900), ("sam", 40)]:
        shutil.copytree(PROJECT / "Tests/Fixtures/models/blue", folder / name)
        (folder / name / "model.safetensors").rename(folder / name / f"model-{steps}.safetensors")
        rows, average = [header], 7.0
        for step in range(1, steps + 1):
            loss = 2.2 + 4.6 * 0.994**step + noise.gauss(0, 0.16)
            average += (loss - average) * 0.03
            checked = f"{loss + 0.15 + step / 4000:.4f}" if step % 50 == 0 else ""
            rows.append(f"{step},{loss:.4f},{average:.4f},0.0003,1.0,5100.0,{checked}")
        if name == "sam":
            rows[20:22] = ["20,nan,nan,0.0003,nan,5100.0,", "a disk that was full", "21,1.0"]
        (folder / name / "loss.csv").write_text("\n".join(rows) + "\n")


class Server:
    """A server program with its own folder of models."""

    def __init__(self, program, models, settings=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dixie-page-"))
        for name in ["red", "blue"]:
            shutil.copytree(PROJECT / "Tests/Fixtures/models" / name, self.folder / "models" / name)
        if any(model["key"] == "slow" for model in models):
            write_slow_model(self.folder / "models/slow")
        write_runs(self.folder / "checkpoint")
        path = self.folder / "server_config.json"
        path.write_text(json.dumps({"models": models, **(settings or {})}))
        self.lines = []
        self.process = subprocess.Popen(
            [program, "--config_path", path, "--port", "0"], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        for line in self.process.stdout:
            if found := re.search(r"Ready on (http://\S+?)\. ", line):
                self.url = found[1]
                return
        raise SystemExit("the server did not start:\n" + "".join(self.lines))

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def answers(self, path="/invocations"):
        """What the log says of the answers at a path so far."""
        found = []
        for line in self.lines:
            if f"path={path}" in line and "answered" in line:
                found.append(dict(re.findall(r"(\w+)=(\S+)", line)))
        return found

    def has(self, path):
        try:
            return urllib.request.urlopen(self.url + path, timeout=PATIENCE).status == 200
        except urllib.error.HTTPError as error:
            return error.code != 404

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)


MODELS = [
    {"key": "red", "model_name": "red", "persona": {"audience": "mom"}, "names": ["mom", "dad"],
     "generation": {"temperature": 0.4, "length": 24, "penalize": 0}},
    {"key": "blue", "model_name": "blue", "generation": {"temperature": 0, "length": 30}},
    {"key": "slow", "model_name": "slow", "generation": {"temperature": 1, "length": 900}},
]


# The browser.

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
            import base64
            (folder / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))
        else:
            self.driver.save_screenshot(str(folder / f"{name}.png"))


# What the page is held to.

NO_NUMBERS = "metrics - Failed to load resource: the server responded with a status of 404"

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


def talking(open_page, pictures):
    """Whole replies, remembered until one starts over; another persona; nothing read as markup."""
    page, server = open_page()
    page.open().ready()
    assert page.id("persona").get_attribute("value") == "red"
    assert page.id("audience").get_attribute("value") == "mom"
    assert page.text("temperature-value") == "0.40"
    assert page.id("length").get_attribute("value") == "24"
    assert "hello friend" in page.text("turns-empty")
    page.picture(pictures, "chat-empty")
    said, note = page.ask("What is the moon?")
    assert said and re.search(r"^24 tokens · [\d,.]+ tokens/s · first after .+ · cut at", note), (said, note)
    page.until(lambda: said.split()[-1] in page.run("return document.getElementById('spoken').textContent"), "the reply is not spoken")
    page.ask("And the sun?")
    counts = [int(answer["prompt_tokens"]) for answer in server.answers()]
    assert counts[1] > counts[0] + 24, counts
    page.id("start-over").click()
    assert page.all(".turn") == [] and page.focused == "message"
    page.ask("What is the moon?")
    assert int(server.answers()[2]["prompt_tokens"]) == counts[0]
    # What is said is shown as it is.
    nasty = "<img src=x onerror=alert(1)><b>&amp;</b>"
    page.ask(nasty)
    assert page.all(".turn.yours .said")[-1].text == nasty
    assert page.all("#turns img, #turns b") == []
    Select(page.id("persona")).select_by_value("blue")
    assert page.text("temperature-value") == "0.00"
    assert "From here on you talk to blue" in page.all(".turn.divider")[-1].text
    first = page.ask("Hello there")[0]
    assert server.answers()[-1]["model"] == "blue"
    page.id("start-over").click()
    assert page.ask("Hello there")[0] == first, "at temperature 0 nothing is left to chance"
    check_sound(page)
    page.has_no_complaints()


def settings(open_page, pictures):
    """Temperature and length of the request are those on the page; faults are said in a sentence."""
    page, server = open_page()
    page.open().ready()
    page.id("temperature").send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert page.text("temperature-value") == "0.50"
    page.id("temperature").send_keys(Keys.HOME)
    assert page.text("temperature-value") == "0.00"
    page.id("length").clear()
    page.id("length").send_keys("7")
    replies = []
    for _ in range(2):
        page.id("start-over").click()
        replies.append(page.ask("What is the moon?")[0])
    assert replies[0] == replies[1]
    assert server.answers()[-1]["completion_tokens"] == "7"
    page.id("length").clear()
    page.id("length").send_keys("5000")
    assert page.ask("Hm?")[1] == "No reply."
    trouble = page.text("chat-trouble")
    assert trouble.startswith("A length of 5000 does not fit this model") and trouble.endswith("."), trouble
    assert page.id("message").get_attribute("value") == "Hm?"
    page.id("audience").clear()
    page.id("audience").send_keys("a|b", Keys.TAB)
    page.id("length").clear()
    page.id("length").send_keys("5")
    page.id("message").clear()
    page.ask("Hm?")
    assert page.text("chat-trouble").startswith("Audience must be"), page.text("chat-trouble")
    page.has_no_complaints("status of 400")


def stopping(open_page, pictures):
    """A reply is seen as it is made, and stopped in the middle: by the button, and by Escape."""
    page, server = open_page()
    page.open().ready()
    Select(page.id("persona")).select_by_value("slow")
    for how in ["button", "key"]:
        page.say("Tell me everything")
        lengths = set()
        last = lambda: page.all(".turn.theirs .said")[-1].text
        page.until(lambda: lengths.add(len(last())) or len(lengths) > 4, "the words do not stream")
        assert not page.id("send").is_displayed() and page.id("stop").is_displayed()
        page.picture(pictures, "chat-streaming")
        if how == "button":
            page.id("stop").click()
        else:
            page.press(Keys.ESCAPE)
        said, note = page.reply()
        assert note.startswith("Stopped."), note
        assert page.id("send").is_displayed() and not page.id("stop").is_displayed()
        assert page.focused == "message", page.focused
        page.until(lambda: server.answers() and len(server.answers()) == (1 if how == "button" else 2), "the reply goes on")
        assert int(server.answers()[-1]["completion_tokens"]) < 900, server.answers()
        assert last() == said
    Select(page.id("persona")).select_by_value("red")
    assert page.ask("Still there?")[0]
    page.has_no_complaints()


def losing(open_page, pictures):
    """A server that goes away in the middle, and one that is not there."""
    page, server = open_page(is_own=True)
    page.open().ready()
    Select(page.id("persona")).select_by_value("slow")
    page.say("Tell me everything")
    page.until(lambda: page.all(".turn.theirs .said")[-1].text, "nothing is said")
    server.stop(signal.SIGKILL)
    page.reply()
    assert page.text("chat-trouble") == "The connection to the server was lost; see whether it runs, and try again."
    page.id("message").clear()
    assert page.ask("Hello?")[1] == "No reply."
    assert page.text("chat-trouble").startswith("The connection to the server was lost")
    assert page.id("message").get_attribute("value") == "Hello?"


def keys(open_page, pictures):
    """No key, a wrong one, one of little use, the right one; none outlives the tab."""
    page, server = open_page("keys")
    page.open()
    page.until(lambda: page.id("key-bar").is_displayed(), "no key is asked for")
    assert page.text("chat-trouble") == "This server asks for an API key; type one in above."
    page.picture(pictures, "chat-key")
    page.complaints()

    def type_key(key):
        if not page.id("key-bar").is_displayed():
            page.id("key-toggle").click()
        page.id("key").send_keys(key, Keys.ENTER)

    type_key("a-wrong-key-of-mine")
    page.until(lambda: "does not know this API key" in page.text("chat-trouble"), "a wrong key is taken")
    assert page.id("key-bar").is_displayed()
    type_key(HASTY)
    page.ready()
    assert not page.id("key-bar").is_displayed() and not page.id("chat-trouble").is_displayed()
    assert page.ask("Hello")[1] == "No reply."
    trouble = page.text("chat-trouble")
    assert re.match(r"You have asked as often as you may; try again in \d+ s\.", trouble), trouble
    type_key(READER)
    page.until(lambda: not page.id("chat-trouble").is_displayed(), "the key is not used")
    page.id("message").clear()
    assert page.ask("Hello")[0]

    page.show("server")
    page.until(lambda: "has not the scope “admin”" in page.text("server-trouble"), "a reader is let in")
    assert page.text("key-label") == "API key of an administrator"
    assert page.all("#models li") == [] and not page.id("reload").is_enabled()
    page.picture(pictures, "server-key")
    page.complaints("401", "403", "429", "404")
    type_key("a-wrong-key-of-mine")
    page.until(lambda: "does not know this API key" in page.text("server-trouble"), "a wrong key is taken")
    type_key(KEY)
    page.until(lambda: page.all("#models li"), "the right key is refused")
    page.until(lambda: not page.id("server-trouble").is_displayed(), "the trouble stays")
    page.has_no_complaints("401", "403", "404")
    stored = page.run("return [Object.values(sessionStorage), Object.keys(localStorage), document.cookie]")
    assert sorted(stored[0]) == sorted([KEY, READER]) and stored[1:] == [[], ""], stored
    assert KEY not in page.driver.page_source and KEY not in page.driver.current_url
    page.id("key-toggle").click()
    page.id("key-forget").click()
    assert page.run("return sessionStorage.length") == 0
    page.until(lambda: page.all("#models li") == [], "what needs a key is still shown")
    assert KEY not in "".join(server.lines)


def serving(open_page, pictures):
    """The models: what is served, swapped by a run's path, rolled back, refused, reloaded."""
    page, server = open_page("keys")
    page.open("/")
    page.until(lambda: page.id("key-bar").is_displayed(), "no key is asked for")
    page.run("sessionStorage.setItem('dixie.key.infer', arguments[0])", KEY)
    page.complaints()
    page.open("/#server")
    card = lambda key: next(one for one in page.all("#models > li") if one.find_element(By.TAG_NAME, "h3").text == key)
    page.until(lambda: len(page.all("#models > li")) == 2, "no models")
    facts = lambda key: card(key).find_element(By.CLASS_NAME, "facts").text
    red, blue = [re.search(r"Version\n(\w{12})", facts(key))[1] for key in ["red", "blue"]]
    assert "in f32" in facts("red") and "model.safetensors" in facts("red")
    button = lambda key, text: next(b for b in card(key).find_elements(By.TAG_NAME, "button") if b.text == text)
    assert not button("red", "Roll back").is_enabled()
    offered = page.run("return [...document.querySelectorAll('#run-paths option')].map((o) => o.value)")
    page.until(lambda: sorted(page.run("return [...document.querySelectorAll('#run-paths option')].map((o) => o.value)")) == ["checkpoint/mom", "checkpoint/sam"], f"runs are not offered: {offered}")
    button("red", "Swap…").click()
    assert page.focused == "swap-red"
    outcome = lambda: card("red").find_element(By.CLASS_NAME, "outcome").text
    page.press("/etc", Keys.ENTER)
    page.until(lambda: outcome().startswith("restore_from must lead to"), "what lies elsewhere is swapped in")
    assert page.focused == "swap-red", page.focused
    page.id("swap-red").clear()
    page.id("swap-red").send_keys("checkpoint/mom")
    page.picture(pictures, "server-swap")
    page.press(Keys.ENTER)
    page.until(lambda: outcome() == f"Serves {blue} now; it was {red}.", "not swapped")
    page.until(lambda: "swapped" in card("red").text and button("red", "Roll back").is_enabled(), "the swap is not seen")
    assert page.focused != "BODY"
    button("red", "Roll back").click()
    page.until(lambda: outcome() == f"Serves {red} now; it was {blue}.", "not rolled back")
    page.until(lambda: card("red").find_elements(By.CLASS_NAME, "changed") == [], "it still counts as swapped")
    configuration = server.folder / "server_config.json"
    before = configuration.read_text()
    configuration.write_text(before.replace('"models"', '"modls"'))
    page.id("reload").click()
    page.until(lambda: "modls" in page.text("models-note"), "a fault is not said")
    configuration.write_text(before)
    page.id("reload").click()
    page.until(lambda: page.text("models-note").startswith("Reloaded"), "not reloaded")
    check_sound(page)
    page.has_no_complaints("status of 400", "status of 422", NO_NUMBERS)


def watching(open_page, pictures):
    """Numbers and runs, drawn; looked at only while they are seen."""
    page, server = open_page()
    page.open("/#server")
    page.until(lambda: len(page.all("#runs svg.chart")) == 2, "no curves")
    cards = {one.find_element(By.TAG_NAME, "h3").text: one for one in page.all("#runs > li")}
    mom, sam = cards["mom"], cards["sam"]
    assert "step 900" in mom.text and "checkpoint/mom" in mom.text and "Lowest validation loss" in mom.text
    assert "2 damaged lines of its table were skipped." in sam.text and "1 step has no finite loss." in sam.text
    label = mom.find_element(By.TAG_NAME, "svg").get_attribute("aria-label")
    assert label.startswith("Loss of mom from step 1 to 900; last: average "), label
    if server.has("/metrics"):
        page.until(lambda: page.all("#tiles .tile"), "no numbers")
        looks = lambda: len([url for url in page.requests() if url.endswith("/metrics")])
        page.until(lambda: looks() > 0, "numbers are looked at once only")
        page.show("chat")
        looks()
        page.driver.execute_async_script("setTimeout(arguments[0], 5000)")
        assert looks() == 0, "numbers are looked at while nobody sees them"
        page.show("server")
    else:
        page.until(lambda: "has no /metrics" in page.text("live-note"), "what is absent is not said")
    page.module(INVENTED_NUMBERS)
    page.until(lambda: len(page.all("#tiles .tile")) == 4, "the numbers are not drawn")
    labels = [svg.get_attribute("aria-label") for svg in page.all("#tiles svg.chart")]
    assert labels[0] == "Tokens a second in the last five minutes; now said 80, read 200", labels
    assert labels[1] == "Replies in the last five minutes; now running 3, waiting 2", labels
    assert labels[2].startswith("Time to the first word in the last five minutes; now median 7"), labels
    assert "120 MB" in page.text("tiles") and re.search(r"1[23] ms", page.text("tiles")), page.text("tiles")
    assert page.run(FAINT_TEXT) == []
    check_sound(page)
    page.picture(pictures, "server", is_whole=True)
    page.has_no_complaints(NO_NUMBERS)


# Five minutes of a server that says 80 tokens a second, with a pause.
INVENTED_NUMBERS = """
const { Live } = await import('/page/live.js');
const live = new Live();
const now = performance.now() / 1000;
for (let step = 0; step <= 150; step++) {
    if (step > 60 && step < 70) continue;
    const n = step * 4;
    live.take(`# HELP dixie_x y
dixie_requests_total{dialect="dixie",model="red",status="200"} ${n}
dixie_completion_tokens_total{model="red"} ${step * 100}
dixie_completion_tokens_total{model="blue"} ${step * 60}
dixie_prompt_tokens_total{model="red"} ${step * 400}
dixie_queue_waiting{model="red"} ${step % 7 === 3 ? 1 : 0}
dixie_replies_running{model="red"} ${1 + step % 3 + (step === 150 ? 2 : 0)}
dixie_time_to_first_token_seconds_bucket{model="red",le="0.05"} ${n}
dixie_time_to_first_token_seconds_bucket{model="red",le="0.1"} ${n * 3 + step % 5}
dixie_time_to_first_token_seconds_bucket{model="red",le="0.5"} ${n * 4 + step % 5}
dixie_time_to_first_token_seconds_bucket{model="red",le="+Inf"} ${n * 4 + step % 5}
dixie_time_per_token_seconds_bucket{model="red",le="0.01"} 0
dixie_time_per_token_seconds_bucket{model="red",le="0.015"} ${n}
dixie_time_per_token_seconds_bucket{model="red",le="+Inf"} ${n}
dixie_queue_waiting{model="blue"} ${step === 150 ? 1 : 0}
process_resident_memory_bytes 125829120
`, now - 300 + step * 2);
}
"""


def reading(open_page, pictures):
    """The modules that read and reckon, by themselves."""
    page, _ = open_page()
    page.open().ready()
    assert page.module("""
        const { parseMetrics, total, buckets } = await import('/page/metrics.js');
        const samples = parseMetrics('a{x="1",y="q\\\\"}\\\\n"} 2 1700\\na{x="2"} 3.5e1\\n# TYPE a gauge\\nnonsense\\nb NaN\\nc +Inf\\nd_bucket{le="1"} 4\\nd_bucket{le="+Inf"} 5\\n');
        return [samples.length, samples[0].labels, total(samples, 'a'), total(samples, 'a', { x: '2' }),
            total(samples, 'b'), [...buckets(samples, 'd').values()], buckets(samples, 'e')];
    """) == [5, {"x": "1", "y": 'q"}\n'}, 37, 35, None, [4, 5], None]
    assert page.module("""
        const { rate, quantile } = await import('/page/rates.js');
        const map = (...pairs) => new Map(pairs);
        const [before, after] = [map([1, 0], [2, 0], [Infinity, 0]), map([1, 5], [2, 10], [Infinity, 10])];
        return [rate(10, 30, 2), rate(30, 10, 2), rate(null, 10, 2), rate(1, 2, 0), quantile(before, after, 0.5),
            quantile(before, after, 0.75), quantile(after, after, 0.5), quantile(null, after, 0.5), quantile(after, before, 0.5),
            quantile(null, map([1, 0], [Infinity, 4]), 0.5)];
    """) == [10, 5, None, None, 1, 1.5, None, 1, None, 1]
    assert page.module("""
        const { roundTicks, chart } = await import('/page/chart.js');
        const picture = chart({ width: 300, height: 100, label: 'x', x: { from: 1, to: 1, ticks: [] }, y: { from: 0, to: 0, text: String },
            lines: [{ style: 'first', points: [[1, 0], [1, null], [1, 3]] }] });
        return [roundTicks(0, 87, 4), roundTicks(2.31, 2.34, 3), roundTicks(5, 5, 3), picture.outerHTML.includes('NaN')];
    """) == [[0, 50, 100], [2.31, 2.32, 2.33, 2.34], [5], False]
    assert page.module("""
        const { bytes, count, duration, ago } = await import('/page/units.js');
        return [bytes(0), bytes(1536), bytes(4.4e6), bytes(3e11), count(1234.6), count(0.25), count(3), duration(0), duration(0.0042),
            duration(0.0424), duration(3.21), duration(600), ago(5), ago(60), ago(7300), ago(9e5)];
    """) == ["0 bytes", "1.5 KB", "4.2 MB", "279 GB", "1,235", "0.3", "3", "0", "4.2 ms", "42 ms", "3.2 s", "10 min",
             "just now", "1 minute ago", "2 hours ago", "10 days ago"]
    assert page.module("""
        const { events } = await import('/page/events.js');
        const text = new TextEncoder().encode('data: {"text": "a€"}\\n\\n: ping\\n\\ndata:b\\ndata: c\\n\\ndata: cut');
        const body = new ReadableStream({ start(stream) {
            for (const byte of text) stream.enqueue(new Uint8Array([byte]));
            stream.close();
        } });
        const found = [];
        for await (const event of events(body)) found.push(event);
        return found;
    """) == ['{"text": "a€"}', "b\nc"]
    sentences = page.module("""
        const { refusal } = await import('/page/trouble.js');
        const sentence = async (status, error, headers, hadKey) =>
            (await refusal(new Response(typeof error === 'string' ? error : JSON.stringify({ error }), { status, headers }), { scope: 'infer', hadKey })).message;
        return [
            await sentence(429, { code: 'queue_full', message: 'm' }, { 'Retry-After': '3' }),
            await sentence(404, { code: 'model_not_found', message: 'm' }, {}),
            await sentence(404, '<html>a proxy</html>', {}),
            await sentence(503, { code: 'load_failed', message: 'm' }, { 'Retry-After': '30' }),
            await sentence(503, { code: 'stopping', message: 'm' }, { 'Retry-After': '5' }),
            await sentence(503, '<html>a proxy</html>', {}),
            await sentence(507, { code: 'insufficient_memory', message: 'm' }, {}),
            await sentence(500, { code: 'internal_error', message: 'm' }, { 'x-request-id': 'abc' }),
            await sentence(403, { code: 'missing_scope', message: 'only this machine may' }, {}, false),
            await sentence(418, {}, {}),
        ];
    """)
    assert sentences == [
        "The server is busy; try again in 3 s.",
        "This model is not served here, or no longer; choose another one.",
        "This is not offered at this address; ask the server's owner.",
        "This model cannot be loaded; choose another one, or ask the server's owner to look into its log.",
        "The server is shutting down; try again in 5 s.",
        "The server cannot answer now; try again in a moment.",
        "There is no memory for this model beside those in use; try again later, or choose another one.",
        "The server failed; try again, and if it stays so, its log says why (request abc).",
        "Only this machine may.",
        "The server refused with status 418; try something else.",
    ], sentences


def keyboard(open_page, pictures):
    """All of it without a mouse: the order, the focus that is seen, and what each key does."""
    page, _ = open_page()
    page.open().ready()
    page.run("document.activeElement.blur()")
    order = []
    for _ in range(12):
        page.press(Keys.TAB)
        order.append(page.focused)
        if order[-1] in ["A", "BODY"]:
            continue
        seen = page.run("const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]")
        assert seen[0] != "none" and seen[1] >= 2, (order[-1], seen)
    assert order[:11] == ["A", "tab-chat", "key-toggle", "persona", "audience", "temperature", "length", "turns-box",
                          "message", "send", "start-over"], order
    page.open().ready()
    page.press(Keys.TAB, Keys.ENTER)
    assert page.focused == "message", page.focused
    page.press("one")
    page.press_with_shift(Keys.ENTER)
    page.press("two")
    assert page.id("message").get_attribute("value") == "one\ntwo"
    height = page.id("message").size["height"]
    page.press(Keys.ENTER)
    page.reply()
    assert page.id("message").size["height"] < height and page.focused == "message"
    page.press_with_shift(Keys.TAB)
    assert page.focused == "turns-box", page.focused
    page.run("document.getElementById('tab-chat').focus()")
    page.press(Keys.ARROW_RIGHT)
    assert page.focused == "tab-server" and page.id("view-server").is_displayed()
    assert page.id("tab-server").get_attribute("aria-selected") == "true"
    assert page.driver.current_url.endswith("#server")
    page.until(lambda: page.all("#models li"), "no models")
    page.press(Keys.TAB, Keys.TAB)
    assert page.focused == "reload", page.focused
    page.press(Keys.TAB, Keys.ENTER)
    assert page.focused == "swap-red", page.focused
    page.run("document.getElementById('tab-server').focus()")
    page.press(Keys.ARROW_RIGHT)
    assert page.focused == "tab-chat" and page.id("view-chat").is_displayed()
    page.press(Keys.END)
    assert page.focused == "tab-server"
    page.press(Keys.HOME)
    assert page.focused == "tab-chat"
    page.has_no_complaints(NO_NUMBERS)


def looks(open_page, pictures):
    """Three widths, dark and light: nothing sticks out, all text can be read."""
    page, server = open_page()
    for scheme in ["light", "dark"]:
        for width, height in [(360, 740), (800, 900), (1400, 900)]:
            name = f"{scheme}-{width}"
            page.resize(width, height, is_touched=width == 360)
            page.prefer(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
            page.open().ready()
            for text in ["What is the moon?", "And the sun, and all the stars that one can see from here?", "Hello"]:
                if width == 360:
                    # A keyboard on glass sends by the button.
                    page.id("message").send_keys(text)
                    page.id("send").click()
                    page.reply()
                else:
                    page.ask(text)
            page.picture(pictures, f"chat-{name}")
            assert page.run(FAINT_TEXT) == [], (name, page.run(FAINT_TEXT))
            assert page.run(TOO_WIDE) == [], (name, page.run(TOO_WIDE))
            assert page.run("return document.documentElement.scrollHeight <= innerHeight"), name
            if width < 861:
                assert not page.id("persona").is_displayed()
                page.all("#settings summary")[0].click()
                page.until(lambda: page.id("persona").is_displayed(), "the settings do not unfold")
                page.picture(pictures, f"settings-{name}")
                assert page.run(FAINT_TEXT) == [] and page.run(TOO_WIDE) == [], name
            page.show("server")
            page.until(lambda: len(page.all("#runs svg.chart")) == 2 and page.all("#models > li"), "no server")
            page.until(lambda: "Waiting" not in page.text("live-note"), "no numbers")
            page.module(INVENTED_NUMBERS)
            page.all("#models button")[0].click()
            page.picture(pictures, f"server-{name}", is_whole=True)
            assert page.run(FAINT_TEXT) == [], (name, page.run(FAINT_TEXT))
            assert page.run(TOO_WIDE) == [], (name, page.run(TOO_WIDE))
            small = page.run("return [...document.querySelectorAll('button, input, select')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < (e.type === 'checkbox' ? 20 : 32)).map((e) => e.outerHTML)")
            assert small == [], (name, small)
            page.show("chat")
    moving = page.run("return document.getAnimations().length")
    assert moving == 0, "something moves for who wants stillness"
    page.has_no_complaints(NO_NUMBERS)


def staying(open_page, pictures):
    """The page asks this server and nobody else."""
    page, server = open_page()
    page.requests()
    page.open().ready()
    page.ask("What is the moon?")
    page.show("server")
    page.until(lambda: page.all("#models li") and page.all("#runs li"), "no server")
    asked = [url for url in page.requests() if not url.startswith(("about:", "data:"))]
    assert len(asked) > 20 and all(url.startswith(server.url + "/") for url in asked), asked
    # What is there already is not sent again.
    page.driver.get_log("performance")
    page.open().ready()
    statuses = {}
    for entry in page.driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.responseReceivedExtraInfo":
            statuses.setdefault(message["params"]["statusCode"], []).append(1)
    assert len(statuses.get(304, [])) > 20, {key: len(value) for key, value in statuses.items()}
    blocked = page.module("""
        const violations = [];
        document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
        await fetch('http://127.0.0.1:9/').catch(() => {});
        const image = new Image(); image.src = 'http://127.0.0.1:9/x.png';
        const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script);
        await new Promise((resolve) => setTimeout(resolve, 500));
        return [violations.sort(), window.ran ?? false];
    """)
    assert blocked == [["connect-src", "img-src", "script-src-elem"], False], blocked


CHECKS = [talking, settings, stopping, losing, keys, serving, watching, reading, keyboard, looks, staying]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=PROJECT / "bin/server", help="the server program")
    parser.add_argument("--screenshots", type=pathlib.Path, help="a folder for pictures")
    parser.add_argument("names", nargs="*", metavar="NAME", help="checks to run: " + ", ".join(c.__name__ for c in CHECKS))
    arguments = parser.parse_args()
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    wanted = [check for check in CHECKS if not arguments.names or check.__name__ in arguments.names]
    hashed = {name: __import__("hashlib").sha256(name.encode()).hexdigest() for name in [READER, HASTY]}
    kinds = {
        "open": (MODELS, {}),
        "keys": (MODELS[:2], {"api_keys": [
            KEY, {"id": "reader", "sha256": hashed[READER], "scopes": ["infer"]},
            {"id": "hasty", "sha256": hashed[HASTY], "scopes": ["infer"], "rps": 0.01}]}),
    }
    servers, failed = [], []

    def serve(kind):
        server = Server(arguments.server, *kinds[kind])
        servers.append(server)
        return server

    try:
        for check in wanted:
            pages = []

            def open_page(kind="open", is_own=False):
                server = serve(kind)
                page = Page(server.url)
                pages.append(page)
                return page, server

            try:
                check(open_page, arguments.screenshots)
                print(f"{check.__name__}: right", flush=True)
            except Exception:
                failed.append(check.__name__)
                print(f"{check.__name__}: WRONG\n{traceback.format_exc()}", flush=True)
            finally:
                for page in pages:
                    page.driver.quit()
                while servers:
                    servers.pop().stop()
    finally:
        while servers:
            servers.pop().stop()
    print(f"{len(wanted) - len(failed)} of {len(wanted)} checks are right")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
