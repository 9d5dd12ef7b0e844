"""CTranslate2's Generator, greedy, all sequences in one batch.

It has no call for a prompt alone. Prefill is one token after the prompt, which it does run in one
pass; decoding is the time of a long reply less that of a reply of one token.
"""

import json
import pathlib

import ctranslate2

import worker

TYPES = {"f32": "float32", "bf16": "bfloat16", "int8": "int8_float32"}


def main():
    options = worker.arguments()
    generator = ctranslate2.Generator(
        options.model,
        compute_type=TYPES[options.weights],
        inter_threads=1,
        intra_threads=options.threads,
    )
    names = json.loads((pathlib.Path(options.model) / "vocabulary.json").read_text())
    starts = [[names[token] for token in prompt] for prompt in worker.prompts(options)]

    def reply(length):
        return worker.timed(
            lambda: generator.generate_batch(
                starts,
                min_length=length,
                max_length=length,
                sampling_topk=1,
                include_prompt_in_result=False,
            )
        )

    def decode():
        return reply(options.tokens + 1) - reply(1)

    work = decode if options.what == "decode" else lambda: reply(1)
    worker.report(options, worker.seconds(work, options.repeats))


if __name__ == "__main__":
    main()
