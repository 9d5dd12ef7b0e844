"""What every program that lives in Python is asked on its command line, and how it answers.

    with_pytorch.py decode --model DIR --weights f32 --batch 1 --prompt 16 --tokens 64 --threads 2

Each runs as a process of its own for each measurement, so that nothing of it takes time or memory
while another is measured. It prints one JSON object.
"""

import argparse
import json
import random
import statistics
import time

VOCABULARY_SIZE = 50257


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["decode", "prefill", "tokenize"])
    parser.add_argument("--model", required=True)
    parser.add_argument("--weights", default="f32")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--prompt", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--text")
    return parser.parse_args()


def prompts(options):
    """Token ids of every sequence, as random as a checkpoint's weights."""
    source = random.Random(1)
    return [
        [source.randrange(VOCABULARY_SIZE - 1) for _ in range(options.prompt)]
        for _ in range(options.batch)
    ]


def seconds(measure, repeats):
    """The median of the repeats, after one to warm up: what dixie prints too."""
    measure()
    return statistics.median(measure() for _ in range(repeats))


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(options, median, **more):
    """Tokens made, or tokens of the prompts, a second."""
    count = options.batch * (options.tokens if options.what == "decode" else options.prompt)
    print(json.dumps({"tokens_per_second": count / median, "seconds": median, **more}))
