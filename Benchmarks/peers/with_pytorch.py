"""Hugging Face's GPT2LMHeadModel with its key-value cache, in f32 or bf16."""

import torch
from transformers import GPT2LMHeadModel

import worker


def main():
    options = worker.arguments()
    torch.set_num_threads(options.threads)
    kind = {"f32": torch.float32, "bf16": torch.bfloat16}[options.weights]
    model = GPT2LMHeadModel.from_pretrained(options.model, dtype=kind).eval()
    ids = torch.tensor(worker.prompts(options))

    def decode():
        out = model(ids, use_cache=True, logits_to_keep=1)
        last = out.logits[:, -1].argmax(-1, keepdim=True)

        def steps(out=out, last=last):
            for _ in range(options.tokens):
                out = model(last, past_key_values=out.past_key_values, use_cache=True)
                last = out.logits[:, -1].argmax(-1, keepdim=True)

        return worker.timed(steps)

    def prefill():
        return worker.timed(lambda: model(ids, use_cache=True, logits_to_keep=1))

    with torch.inference_mode():
        work = decode if options.what == "decode" else prefill
        worker.report(options, worker.seconds(work, options.repeats))


if __name__ == "__main__":
    main()
