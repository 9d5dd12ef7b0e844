#!/usr/bin/env python3
"""Makes the files beside it: small GPT-2s, and what PyTorch's training computes with them.

    pip install torch==2.15.0 transformers==5.23.0 safetensors
    python3 make_fixtures.py

For each configuration: `<name>/config.json`, `<name>/model.safetensors` (values that f16 holds
exactly, computed with in f32), `<name>/gradients.safetensors` (the gradient of the mean
cross-entropy by every parameter) and `<name>/training.json`: the windows (targets of -1 are not
counted), their loss, and by optimizer the losses before each of ten steps on those windows and
after the last.
"""

import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
CONFIGURATIONS = {
    # Windows longer than a tile of attention, odd widths, vocabularies that no vector divides.
    "wide": dict(vocab_size=101, n_positions=150, n_embd=48, n_head=3, n_layer=2),
    "deep": dict(vocab_size=77, n_positions=70, n_embd=20, n_head=2, n_layer=5),
    "long": dict(vocab_size=130, n_positions=200, n_embd=32, n_head=4, n_layer=3),
}
STEPS = 10


class TensorFlowAdam(torch.optim.Optimizer):
    """Adam as TensorFlow 1 computes it: epsilon is added to the root before its bias correction."""

    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(parameters, dict(lr=lr, betas=betas, eps=eps))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(step=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                state["step"] += 1
                state["m"].mul_(beta1).add_(p.grad, alpha=1 - beta1)
                state["v"].mul_(beta2).addcmul_(p.grad, p.grad, value=1 - beta2)
                rate = (group["lr"] * (1 - beta2 ** state["step"]) ** 0.5
                        / (1 - beta1 ** state["step"]))
                p.sub_(rate * state["m"] / (state["v"].sqrt() + group["eps"]))


class Adafactor(torch.optim.Optimizer):
    """Shazeer and Stern's algorithm 4 with tensor2tensor's defaults and a given rate, which is
    relative to the size of the parameters; no momentum."""

    @torch.no_grad()
    def step(self):
        for p in self.param_groups[0]["params"]:
            state = self.state[p]
            step = state["step"] = state.get("step", 0) + 1
            decay = 1 - step ** -0.8
            square = p.grad.double() ** 2 + 1e-30
            if p.dim() == 2:
                rows = decay * state.get("rows", 0) + (1 - decay) * square.mean(1)
                columns = decay * state.get("columns", 0) + (1 - decay) * square.mean(0)
                state.update(rows=rows, columns=columns)
                update = p.grad / ((rows / rows.mean()).sqrt()[:, None] * columns.sqrt()[None])
            else:
                state["v"] = decay * state.get("v", 0) + (1 - decay) * square
                update = p.grad / state["v"].sqrt()
            update = update / max(1.0, float((update ** 2).mean() ** 0.5))
            size = max(1e-3, float((p.double() ** 2).mean() ** 0.5))
            p.sub_((self.param_groups[0]["lr"] * size * update).float())


def decayed(model):
    """Two groups for AdamW: matrices decay, vectors do not."""
    parameters = list(model.parameters())
    return [dict(params=[p for p in parameters if p.dim() >= 2], weight_decay=0.1),
            dict(params=[p for p in parameters if p.dim() < 2], weight_decay=0.0)]


OPTIMIZERS = {
    "adam": lambda model: TensorFlowAdam(model.parameters(), lr=1e-3),
    "adamw": lambda model: torch.optim.AdamW(
        decayed(model), lr=1e-3, betas=(0.9, 0.95), eps=1e-8),
    "sgd": lambda model: torch.optim.SGD(model.parameters(), lr=0.05),
    "adafactor": lambda model: Adafactor(model.parameters(), dict(lr=0.003)),
    # Clipped to a norm of 0.5.
    "clipped": lambda model: torch.optim.SGD(model.parameters(), lr=0.5),
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


def loss_of(model, inputs, targets):
    logits = model(inputs).logits
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=-1)


def named(model, value):
    return {name: value(p).detach().contiguous() for name, p in model.named_parameters()
            if name != "lm_head.weight"}


def train(model, optimizer, inputs, targets, norm):
    losses = []
    for _ in range(STEPS):
        loss = loss_of(model, inputs, targets)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        if norm:
            torch.nn.utils.clip_grad_norm_(model.parameters(), norm)
        optimizer.step()
    return losses + [loss_of(model, inputs, targets).item()]


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(20261122)
    for name, configuration in CONFIGURATIONS.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        model = model_for(configuration, generator)
        config = {"model_type": "gpt2", "activation_function": "gelu_new", **configuration}
        (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
        save_file(named(model, lambda p: p.half()), folder / "model.safetensors",
                  metadata={"format": "pt"})
        start = {key: value.clone() for key, value in model.state_dict().items()}

        shape = (3, configuration["n_positions"])
        tokens = torch.randint(
            0, configuration["vocab_size"], (shape[0], shape[1] + 1), generator=generator)
        inputs, targets = tokens[:, :-1], tokens[:, 1:].clone()
        targets[torch.rand(shape, generator=generator) < 0.2] = -1
        loss = loss_of(model, inputs, targets)
        loss.backward()
        save_file(named(model, lambda p: p.grad), folder / "gradients.safetensors")

        losses = {}
        for key, make in OPTIMIZERS.items():
            model.load_state_dict(start)
            losses[key] = train(
                model, make(model), inputs, targets, 0.5 if key == "clipped" else None)
        (folder / "training.json").write_text(json.dumps(
            {"inputs": inputs.tolist(), "targets": targets.tolist(), "loss": loss.item(),
             "losses": losses}) + "\n")
        print(name, loss.item(), {key: round(value[-1], 3) for key, value in losses.items()})


if __name__ == "__main__":
    main()
