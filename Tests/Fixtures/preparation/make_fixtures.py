#!/usr/bin/env python3
"""Makes `lines.jsonl` beside it: damaged and good lines, and what ftfy makes of each.

    pip install ftfy==6.3.1
    python3 make_fixtures.py

Each line has its `kind`, the line as it is found (`damaged`; or `bytes`, in hexadecimal, where it is
no UTF-8) and ftfy's answer with all its defaults (`ftfy`). Where a good text follows a garbled one in
the same line, `meant` is ftfy's answer to the two without damage. The sentences are written for this
file.
"""

import json
import pathlib
import random

import ftfy
from ftfy.bad_codecs import ok  # registers the codecs that pass undefined bytes through

HERE = pathlib.Path(__file__).parent
COUNT = 500

ACCENTED = [
    "Das Café hat bis zwölf geöffnet, außer sonntags.", "Grüße aus München und schöne Träume!",
    "Où est passée la clé ? Elle était déjà là hier.", "Ça va très bien, merci à vous.",
    "Mañana el niño comerá jalapeños en el jardín.", "¿Dónde está la estación? ¡Qué lástima!",
    "A avó não põe açúcar no café da manhã.", "São Paulo é uma cidade enorme, às vezes cansativa.",
    "Perché non c'è più caffè? È già finito.", "Smörgåsbord på ön är dyrt, sa Åke.",
    "Blåbærsyltetøy på brød er best på søndag.", "Þetta er góð hugmynd, sagði Ásgeir.",
    "Pchnąć w tę łódź jeża lub ośm skrzyń fig.", "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "Árvíztűrő tükörfúrógép működik.", "Bugün hava çok güzel, değil mi, Ayşe?",
    "Trăm năm trong cõi người ta, chữ tài chữ mệnh.", "Ķiršu ķocis stāv uz ledus.",
    "Съешь ещё этих мягких французских булок, да выпей чаю.", "Привет, как дела у мамы?",
    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.", "Καλημέρα, τι κάνεις σήμερα;",
    "今日はとても寒いですね。", "私は毎朝コーヒーを飲みます。", "我昨天在图书馆看了一本书。",
    "오늘은 날씨가 정말 좋네요.", "שלום, מה שלומך היום?", "مرحبا، كيف حالك اليوم؟",
    "आज मौसम बहुत अच्छा है।", "วันนี้อากาศดีมาก", "It costs £5 or €6, says the menu.",
    "The naïve façade of the coöperative's résumé.", "“Well,” she said, “that’s that — for now…”",
    "He’s 5′ tall • weighs 60 kg ± 2 ™", "Temperature: 21 °C, 50 % humidity, 10 µm dust.",
    "I love you 😍 so much ❤️", "See you at 8 ☕🙂 ok?", "👩‍👩‍👧 family day 🎉", "½ a cup, ¾ of a spoon",
    "© 2019 Müller & Söhne, all rights reserved ®",
]
GOOD = [
    "MAÇÃ", "Ã", "Â", "CAFÉ”, he read.", "DÉJÀ VU »", "Er sagte: „Fuß“ und ging.", "À LA CARTE — 12 €",
    "ÉCOLE… fermée", "L’ÉTÉ », dit-il.", "«É»", "IKEA® and CAFÉ™", "PÃO DE AÇÚCAR", "Ångström", "Œuvre",
    "voilà ; c'est ça", "à §5", "¡Olé!", "naïve", "Zoë’s dog", "ÄÖÜ", "x² + y² = z²", "10 ± 2",
    "<b>&amp;</b>", "1|mom|Hi &lt;3 <EOM>", "if a < b && c > d", "AT&T; and R&D", "&notanentity;",
    "plain ASCII, nothing to see", "tab\there", "", "   spaces   ", "¯\\_(ツ)_/¯", "( ͡° ͜ʖ ͡°)",
    "ಠ_ಠ", "Ünïcödé", "Brontë", "smörgås", "señor", "ÿ", "ñ", "Ð", "þ", "Ω≈ç√∫", "日本", "français",
    "Straße", "…", "—", "a b", "№ 5", "50 ¢", "Ý", "ÅÄÖ", "ÇA VA", "GARÇON ±3", "ÜBER“",
]
HTML = [
    "Tom &amp; Jerry", "&eacute;t&eacute; &agrave; Paris", "5 &lt; 6 &gt; 4", "caf&#233; cr&#xE8;me",
    "&quot;quoted&quot; &hellip;", "&nbsp;x", "&#128512; smile", "&#8217;tis &ldquo;so&rdquo;",
    "&EACUTE;COLE", "&amp;amp; twice", "&#150; dash", "it&apos;s", "&copy;&reg;&trade;", "&#0;",
    "&#xD83D;", "&#1;x", "a&b;c", "&alpha;&Omega;", "&#99999999;", "&Auml;rger &szlig;",
]
CONTROLS = [
    "\ufeffbyte order mark", "bell\x07 and null\x00 and escape\x1b", "\x1b[31mred\x1b[0m plain",
    "\x1b[1;32mgreen\x1b[0m", "form\x0cfeed", "vertical\x0btab", "del\x7fete", "in\u200bvisible\u200d",
    "\u202aleft\u202c", "\u206anominal\u206f", "\ufff9annotation\ufffb", "soft\xadhyphen",
    "line\u2028separator", "para\u2029graph", "next\x85line", "carriage\rreturn", "crlf\r",
    "\x93smart\x94 \x96 dash", "it\x92s", "caf\xe9 \x80 5",
]
FORMS = [
    "ﬁrst ﬂoor ofﬁce eﬀort", "ﬃ ﬄ ﬅ ﬆ", "Ĳssel ĳs ŉ", "ǅ ǆ ǈ ǋ ǲ Ǳ", "ＦＵＬＬ　ｗｉｄｔｈ　１２３！", "ｶﾀｶﾅ ﾊﾝｶｸ ｶﾞｷﾞ",
    "￥１００ ￦", "‘single’ ‚low‛ ʼn", "“double„ ‟", "cafe\u0301 n\u0303", "A\u030angstro\u0308m",
    "\u1100\u1161", "\u212b \u2126", "Ⅳ ① ㎏",
]
SURROGATES = ["\ud83d\ude00 smile", "half \ud83d of it", "\ud83d\udca9\ud83d\udca9", "low \ude00 only"]


# What the lines of kind `partly` were before.
MEANT = {}


def misread(text, codec, times=1):
    for _ in range(times):
        text = text.encode("utf-8").decode(codec)
    return text


def draw(generator):
    text = generator.choice(ACCENTED)
    if generator.random() < 0.3:
        text = f"{generator.choice('01')}|mom|{text} <EOM>"
    kind = generator.choice([
        "cp1252", "cp1252", "latin-1", "latin-1", "cp1252 twice", "latin-1 twice", "cp1252 then latin-1",
        "partly", "space for a0", "lost bytes", "surrogates in utf-8", "sentence", "sentence",
        "good", "html", "controls", "forms", "garbled forms"])
    if kind in ("cp1252", "latin-1"):
        return kind, misread(text, kind.replace("cp", "sloppy-windows-"))
    if kind.endswith("twice"):
        return kind, misread(text, kind.split()[0].replace("cp", "sloppy-windows-"), 2)
    if kind == "cp1252 then latin-1":
        return kind, misread(misread(text, "sloppy-windows-1252"), "latin-1")
    if kind == "partly":
        other = generator.choice(ACCENTED)
        MEANT[misread(text, "sloppy-windows-1252") + " " + other] = text + " " + other
        return kind, misread(text, "sloppy-windows-1252") + " " + other
    if kind == "space for a0":
        return kind, misread(text, "sloppy-windows-1252").replace("\xa0", " ")
    if kind == "lost bytes":
        return kind, text.encode("utf-8").decode("cp1252", errors="replace")
    if kind == "surrogates in utf-8":
        halves = text.encode("utf-16-le", "surrogatepass")
        units = [chr(int.from_bytes(halves[i:i + 2], "little")) for i in range(0, len(halves), 2)]
        return kind, "".join(units).encode("utf-8", "surrogatepass").decode("sloppy-windows-1252")
    if kind == "sentence":
        return kind, text
    if kind == "garbled forms":
        return kind, misread(generator.choice(FORMS + HTML), "sloppy-windows-1252")
    lists = {"good": GOOD, "html": HTML, "controls": CONTROLS, "forms": FORMS}
    return kind, generator.choice(lists[kind])


def main():
    assert ok and ftfy.__version__ == "6.3.1"
    generator = random.Random(20261125)
    lines, seen = [], set()
    fixed = [("good", line) for line in GOOD] + [("html", line) for line in HTML]
    fixed += [("controls", line) for line in CONTROLS] + [("forms", line) for line in FORMS]
    fixed += [("surrogates", line) for line in SURROGATES]
    while len(lines) < COUNT:
        kind, line = fixed.pop(0) if fixed else draw(generator)
        # Line by line, so a line feed is no part of one.
        if line in seen or "\n" in line:
            continue
        seen.add(line)
        entry = {"kind": kind, "damaged": line}
        if kind == "surrogates":
            entry = {"kind": kind, "bytes": line.encode("utf-8", "surrogatepass").hex()}
        entry["ftfy"] = ftfy.fix_text(line)
        if line in MEANT:
            entry["meant"] = ftfy.fix_text(MEANT[line])
        lines.append(entry)
    (HERE / "lines.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in lines))


main()
