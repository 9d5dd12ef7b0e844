#!/usr/bin/env python3
"""Makes the files beside it: small GPT-2s with random weights, and what PyTorch computes with them.

    pip install torch==2.15.0 transformers==5.23.0 safetensors
    python3 make_fixtures.py

For each configuration: `<name>/config.json`, `<name>/model.safetensors` (values that f16 holds
exactly, computed with in f32), `<name>/logits.safetensors` (`tokens` as f32, `logits` [T, V] of one
sequence as long as the context: row i is what a prompt of i + 1 tokens gives), and
`<name>/greedy.json`, prompts with the 200 tokens that follow greedily. The prompts are chosen so
that the two highest logits differ by more than 1e-3 at every step.
"""

import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
CONFIGURATIONS = {
    # Odd sizes on purpose: a width of 80 with 5 heads, vocabularies that no vector width divides.
    "wide": dict(vocab_size=301, n_positions=216, n_embd=80, n_head=5, n_layer=2),
    "deep": dict(vocab_size=259, n_positions=213, n_embd=48, n_head=3, n_layer=5),
    "long": dict(vocab_size=130, n_positions=232, n_embd=64, n_head=4, n_layer=3),
}


def model_for(configuration, generator):
    config = transformers.GPT2Config(
        **configuration, attn_pdrop=0, embd_pdrop=0, resid_pdrop=0, bos_token_id=0, eos_token_id=0)
    config._attn_implementation = "eager"
    model = transformers.GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            drawn = torch.randn(parameter.shape, generator=generator)
            if name.endswith("weight") and ".ln_" in name:
                value = 1 + 0.2 * drawn
            elif "wte" in name or "wpe" in name:
                value = 0.3 * drawn
            elif name.endswith("bias"):
                value = 0.1 * drawn
            else:
                value = drawn / parameter.shape[0] ** 0.5
            parameter.copy_(value.half().float())
    return model


def greedy(model, prompt, count):
    """The tokens that follow, and the least distance between the two highest logits on the way."""
    tokens = list(prompt)
    least = float("inf")
    with torch.no_grad():
        for _ in range(count):
            best = model(torch.tensor([tokens])).logits[0, -1].topk(2)
            least = min(least, float(best.values[0] - best.values[1]))
            tokens.append(int(best.indices[0]))
    return tokens[len(prompt):], least


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(20261121)
    for name, configuration in CONFIGURATIONS.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        model = model_for(configuration, generator)
        config = {"model_type": "gpt2", "activation_function": "gelu_new", **configuration}
        (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
        weights = {
            key: value.half().contiguous() for key, value in model.state_dict().items()
            if key != "lm_head.weight" and "masked_bias" not in key and not key.endswith(".attn.bias")}
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

        length, vocabulary = configuration["n_positions"], configuration["vocab_size"]
        tokens = torch.randint(0, vocabulary, (1, length), generator=generator)
        with torch.no_grad():
            logits = model(tokens).logits[0]
        save_file({"tokens": tokens[0].float(), "logits": logits.contiguous()},
                  folder / "logits.safetensors")

        runs = []
        count = 200
        while len(runs) < 3:
            prompt = torch.randint(
                0, vocabulary, (int(torch.randint(1, 13, (1,), generator=generator)),),
                generator=generator).tolist()
            reply, least = greedy(model, prompt, count)
            if least > 1e-3:
                runs.append({"prompt": prompt, "reply": reply})
        (folder / "greedy.json").write_text(json.dumps(runs) + "\n")
        print(name, sum(p.numel() for p in model.parameters()), "parameters,", float(logits.abs().max()))


main()
