"""Writes the fixtures of the tokenizer's tests: texts with the ids that tiktoken and transformers
give them, on which both must agree, for GPT-2's vocabulary and for a small one trained here.

    python make_fixtures.py FOLDER

FOLDER holds gpt2/encoder.json, gpt2/vocab.bpe (as OpenAI published them) and
shakespeare/input.txt. Written next to this file:

    corpus.txt                       what the small vocabulary was trained on
    small/encoder.json, vocab.bpe    1,000 tokens, trained by tokenizers' BpeTrainer
    encodings.jsonl                  {"text" or "hex", "gpt2", "small", "gpt2_special", ...} a line
    decodings.jsonl                  {"vocabulary", "ids", "text"} a line
"""
import hashlib
import json
import pathlib
import random
import sys

import tiktoken
import tokenizers
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

assert tiktoken.__version__ == "0.14.0"
assert transformers.__version__ == "5.23.0"
assert tokenizers.__version__ == "0.23.3"
random.seed(20190214)

HERE = pathlib.Path(__file__).resolve().parent
DATA = pathlib.Path(sys.argv[1])
END = "<|endoftext|>"
PATTERN = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def byte_of_character():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(256 + i): b for i, b in enumerate(hidden)}


class Reference:
    """One vocabulary in tiktoken and in transformers."""

    def __init__(self, vocabulary, merges):
        byte = byte_of_character()
        ranks = {bytes(byte[c] for c in token): i for token, i in vocabulary.items() if token != END}
        special = {END: vocabulary[END]}
        self.tiktoken = tiktoken.Encoding(
            "reference", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=special)
        self.special = transformers.GPT2Tokenizer(vocab=vocabulary, merges=merges)
        literal = transformers.GPT2Tokenizer(vocab=vocabulary, merges=merges)
        self.literal = literal.backend_tokenizer
        self.literal.encode_special_tokens = True

    def encode(self, text):
        ids = self.tiktoken.encode_ordinary(text)
        assert ids == self.literal.encode(text).ids, text
        return ids

    def encode_special(self, text):
        ids = self.tiktoken.encode(text, allowed_special="all")
        assert ids == self.special.encode(text), text
        return ids


def gpt2():
    vocabulary = (DATA / "gpt2/encoder.json").read_bytes()
    merges = (DATA / "gpt2/vocab.bpe").read_bytes()
    assert hashlib.sha256(vocabulary).hexdigest().startswith("196139668be63f3b")
    assert hashlib.sha256(merges).hexdigest().startswith("1ce1664773c50f3e")
    lines = merges.decode().split("\n")[1:-1]
    return Reference(json.loads(vocabulary), [tuple(line.split(" ")) for line in lines])


def small(corpus):
    """Trains 256 bytes and 743 merges, and puts <|endoftext|> behind them."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.train_from_iterator([corpus], trainers.BpeTrainer(
        vocab_size=999, min_frequency=2, special_tokens=[], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(trained.to_str())["model"]
    vocabulary = dict(sorted(model["vocab"].items(), key=lambda item: item[1]))
    assert len(vocabulary) == 999
    vocabulary[END] = 999
    merges = [tuple(pair) for pair in model["merges"]]
    (HERE / "small").mkdir(exist_ok=True)
    (HERE / "small/encoder.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (HERE / "small/vocab.bpe").write_text(
        "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
    return Reference(vocabulary, merges)


SPACES = [" ", "  ", "\n", "\n\n", "\t", "\r\n", "\u00a0", "\u2028", "\u2029", "\u3000", "\x0b",
          "\x0c", "\x85", "\u1680", "\u200a", "\u202f", "\u205f", "\u200b", "\ufeff", "\u180e",
          "\x1c", "\x1d", "\x1e", "\x1f", "\x00"]
WORDS = ["hello", "World", "don't", "I'll", "we've", "they're", "he'd", "I'm", "it's", "DON'T",
         "I'LL", "WE'VE", "'s", "'T", "''", "'", "'re'd", "\u2019s", "rock'n'roll", "naïve",
         "cafe\u0301", "Ångström", "ﬁ", "ß", "İ", "Ω", "汉字", "日本語テキスト", "한국어", "العربية",
         "עברית", "हिन्दी", "ไทย", "தமிழ்", "ქართული", "Ελληνικά", "русский", "12345", "3.14", "x²",
         "½", "٣٤٥", "१२३", "Ⅻ", "①", "〇", "𝟘𝟙", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪", "❤️", "e\u0301\u0323",
         "a\u0300\u0301\u0302\u0303", "\u0301", "$100", "#tag", "@name", "!!!", "...", "—", "…",
         "<EOM>", "1|mom|", "0|dad|", END, "<|endoftext", "|>", "\U000e0041", "\ufffd", "\U00010940",
         "\u088f", "\U00011db0", "\U0001e6c0", "\U000323b0", "_", "a_b", "`", "\\n", "\"", "\x7f"]
CODE = pathlib.Path(__file__).read_text(encoding="utf-8").split("\n\n")
MERGE_BAIT = ["a", "aa", "aaa", "aaaa" * 9, "ab" * 30, "the" * 20, " the" * 5, "=" * 70, "-" * 64,
              "-" * 65, "\u00e4" * 33, "🙂" * 17, "0" * 100, " " * 90, "\n" * 50, "ha" * 100]


def scalar():
    """Any scalar of any plane, the lower and assigned ones more often."""
    highest = random.choice([0x80, 0x250, 0x800, 0x3000, 0x10000, 0x20000, 0x40000, 0x110000])
    while True:
        value = random.randrange(highest)
        if not 0xD800 <= value < 0xE000:
            return chr(value)


def texts(corpus):
    yield ""
    yield from WORDS + SPACES + MERGE_BAIT + CODE
    yield from (chr(value) for value in range(0x80))
    for space in SPACES:
        yield from (f"a{space}b", f"{space}b", f"a{space}", f"a{space * 2}b", f" {space} b",
                    f"{space} b", f"!{space}1", f"1{space}\n\n{space}x")
    for word in WORDS:
        yield from (f" {word}", f"{word} ", f"x{word}", f"{word}'s", f"1{word}1", f"{word}{word}")
    for _ in range(500):
        pieces = random.choices(WORDS, k=random.randrange(1, 9))
        yield "".join(piece + random.choice(SPACES + [""] * 9 + [" "] * 30) for piece in pieces)
    for _ in range(400):
        yield "".join(scalar() for _ in range(random.randrange(1, 13)))
    for _ in range(150):
        yield "".join(random.choices(" '\n\tsdtmlrvea1.!\u00a0\u0301é", k=random.randrange(1, 25)))
    for _ in range(200):
        start = random.randrange(len(corpus) - 200)
        yield corpus[start:start + random.randrange(5, 200)]


def broken():
    """Bytes that are not UTF-8."""
    yield from (bytes([value]) for value in range(0x80, 0x100, 3))
    yield from map(bytes.fromhex, ["e282", "e28241", "f09f98", "f09f9841", "c080", "e08080", "eda080",
                                   "f4908080", "f8888080", "61ff62", "20ff", "27ff73", "ff20ff20",
                                   "e2e2e2", "f0f09f9982", "c3c3a9", "efbfbdff", "2720c3", "0a0aff"])
    valid = "naïve 👩‍👩‍👧 日本語, don't\n\n१२३  العربية".encode()
    for _ in range(150):
        data = bytearray(valid)
        for _ in range(random.randrange(1, 6)):
            action, place = random.randrange(3), random.randrange(len(data))
            if action == 0:
                data[place] = random.randrange(256)
            elif action == 1:
                del data[place]
            else:
                data = data[:max(4, place)]
        yield bytes(data)
    for _ in range(50):
        yield random.randbytes(random.randrange(1, 20))


def is_valid(data):
    try:
        data.decode()
        return True
    except UnicodeDecodeError:
        return False


def main():
    play = (DATA / "shakespeare/input.txt").read_text(encoding="utf-8")
    corpus = play[:60_000]
    (HERE / "corpus.txt").write_text(corpus, encoding="utf-8")
    vocabularies = {"gpt2": gpt2(), "small": small(corpus)}

    inputs = [({"text": text}, text) for text in dict.fromkeys(texts(play))]
    inputs += [({"hex": data.hex()}, data.decode("utf-8", errors="replace"))
               for data in dict.fromkeys(broken()) if not is_valid(data)]
    count = {"gpt2": 0, "small": 0}
    with open(HERE / "encodings.jsonl", "w", encoding="utf-8") as file:
        for number, (record, text) in enumerate(inputs):
            for name, reference in vocabularies.items():
                # The small vocabulary makes twice the tokens; a third of the texts will do.
                if name == "small" and number % 3 and END not in text and "hex" not in record:
                    continue
                record[name] = reference.encode(text)
                count[name] += 1
                if END in text:
                    record[f"{name}_special"] = reference.encode_special(text)
            file.write(json.dumps(record, separators=(",", ":")) + "\n")

    with open(HERE / "decodings.jsonl", "w", encoding="utf-8") as file:
        for name, reference in vocabularies.items():
            size = reference.tiktoken.n_vocab
            for number in range(150):
                # The first 256 ids are single bytes, which break characters best.
                highest = 256 if number % 2 else size
                ids = [random.randrange(highest) for _ in range(random.randrange(1, 16))]
                text = reference.tiktoken.decode(ids, errors="replace")
                file.write(json.dumps({"vocabulary": name, "ids": ids, "text": text},
                                      separators=(",", ":")) + "\n")
    print(count)


if __name__ == "__main__":
    main()
