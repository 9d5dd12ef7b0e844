"""The page at `/` in a real browser, against a real server with small models.

Needs chromium and chromium-driver of Debian. With DIXIE_SCREENSHOTS, a folder, pictures are left there.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import unittest

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from page_browser import FAINT_TEXT, TOO_WIDE, Page, check_sound
from page_server import MODELS, Server
from serving import PROGRAM

KEY, READER, HASTY = "everything-key-0001", "only-reading-key-1", "only-once-a-while1"


def hashed(key):
    return hashlib.sha256(key.encode()).hexdigest()


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
    page, server = open_page()
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
    page.has_no_complaints("status of 400", "status of 422")


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
    page.until(lambda: page.all("#tiles .tile"), "no numbers")
    looks = lambda: len([url for url in page.requests() if url.endswith("/metrics")])
    page.until(lambda: looks() > 0, "numbers are looked at once only")
    page.show("chat")
    looks()
    page.driver.execute_async_script("setTimeout(arguments[0], 5000)")
    assert looks() == 0, "numbers are looked at while nobody sees them"
    page.show("server")
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
    page.has_no_complaints()


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
    page.has_no_complaints()


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
    page.has_no_complaints()


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


@unittest.skipUnless(shutil.which("chromium") and shutil.which("chromedriver"),
                     "Debian's chromium and chromium-driver are not installed")
class PageTests(unittest.TestCase):
    KINDS = {
        "open": (MODELS, {}),
        "keys": (MODELS[:2], {"api_keys": [
            KEY, {"id": "reader", "sha256": hashed(READER), "scopes": ["infer"]},
            {"id": "hasty", "sha256": hashed(HASTY), "scopes": ["infer"], "rps": 0.01}]}),
    }

    def check(self, check):
        def open_page(kind="open"):
            server = Server(PROGRAM, *self.KINDS[kind])
            self.addCleanup(server.stop)
            page = Page(server.url)
            self.addCleanup(page.driver.quit)
            return page, server

        pictures = os.environ.get("DIXIE_SCREENSHOTS")
        if pictures:
            os.makedirs(pictures, exist_ok=True)
        check(open_page, pathlib.Path(pictures) if pictures else None)


for one in [talking, settings, stopping, losing, keys, serving, watching, reading, keyboard, looks, staying]:
    setattr(PageTests, "test_" + one.__name__, lambda self, one=one: self.check(one))

if __name__ == "__main__":
    unittest.main()
