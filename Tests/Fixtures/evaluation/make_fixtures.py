#!/usr/bin/env python3
"""Makes the files beside it: what PyTorch measures of `../models/red`.

    pip install torch==2.15.0 transformers==5.23.0 safetensors==0.8.0 tokenizers
    python3 make_fixtures.py

`text.txt` is a text of some windows, `losses.json` its loss by stride (the sum of −ln p in nats and
how many tokens that is over), each token foreseen once, in the way transformers' page on perplexity
goes about it. `questions.jsonl` are questions in HellaSwag's format, some of them longer than the
window, and `choices.json` the endings that the sum and the mean of their tokens' losses prefer, and whether the
context had to be cut.
"""

import json
import pathlib
import random

import tokenizers
import torch
import transformers
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

HERE = pathlib.Path(__file__).parent
MODEL = HERE.parent / "models" / "red"
WORDS = (
    "the house on a hill was old and nobody went there after dark but one night I saw light in its "
    "windows so we walked up slowly with two dogs who did not like it at all ünder Bäumen 夜 ☕").split()


def text(generator, count):
    return " ".join(generator.choice(WORDS) for _ in range(count))


def main():
    torch.set_num_threads(1)
    generator = random.Random(20261124)
    encoder = tokenizers.Tokenizer(
        BPE.from_file(str(MODEL / "vocab.json"), str(MODEL / "merges.txt")))
    encoder.pre_tokenizer = ByteLevel(add_prefix_space=False)
    model = transformers.GPT2LMHeadModel.from_pretrained(MODEL, dtype=torch.float32).eval()
    window = model.config.n_positions

    def losses(tokens, first):
        """−ln p of the tokens from `first` on."""
        with torch.no_grad():
            logits = model(torch.tensor([tokens[:-1]])).logits[0]
        return torch.nn.functional.cross_entropy(
            logits[first - 1:].double(), torch.tensor(tokens[first:]), reduction="none")

    sample = text(generator, 220) + "\n"
    (HERE / "text.txt").write_text(sample)
    tokens = encoder.encode(sample).ids
    results = []
    for stride in [window, 64, 7]:
        nats, count, done = 0.0, 0, 1
        for start in range(0, len(tokens), stride):
            end = min(start + window + 1, len(tokens))
            if done >= end:
                break
            found = losses(tokens[start:end], done - start)
            nats += float(found.sum())
            count += len(found)
            done = end
        assert count == len(tokens) - 1
        results.append({"stride": stride, "nats": nats, "tokens": count})
    (HERE / "losses.json").write_text(json.dumps(results) + "\n")

    questions, choices = [], []
    while len(questions) < 24:
        context = text(generator, 60 if len(questions) % 6 == 5 else generator.randint(1, 20))
        endings = [text(generator, generator.randint(1, 9)) for _ in range(4)]
        encoded = [encoder.encode(" " + ending).ids for ending in endings]
        room = window + 1 - max(map(len, encoded))
        start = encoder.encode(context).ids[-room:]
        found = [losses(start + ending, len(start)) for ending in encoded]
        sums = [float(f.sum()) for f in found]
        means = [float(f.mean()) for f in found]
        # No order of additions may change an answer.
        if any(sorted(s)[1] - sorted(s)[0] < 1e-2 for s in (sums, means)):
            continue
        best = [s.index(min(s)) for s in (sums, means)]
        label = generator.choice(best + [generator.randrange(4)])
        questions.append({"ind": len(questions), "ctx": context, "endings": endings, "label": label})
        is_cut = len(start) < len(encoder.encode(context).ids)
        choices.append({"sum": best[0], "mean": best[1], "cut": is_cut})
    (HERE / "questions.jsonl").write_text("".join(json.dumps(q) + "\n" for q in questions))
    (HERE / "choices.json").write_text(json.dumps(choices) + "\n")
    print(results, sum(c["sum"] != c["mean"] for c in choices))


main()
