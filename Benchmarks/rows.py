"""What is measured: the rows of the table, and the points of the curves."""

import functools
import time

from measure import Row
from peers import programs, servers

WEIGHTS = ["f32", "bf16", "int8", "int4"]
PARAMETERS = 124_439_808
# What a pass reads of the weights, as this project keeps them; int4's head has int8.
BYTES = {"f32": 498e6, "bf16": 249e6, "int8": 125e6, "int4": 84e6}
FLOPS_A_TOKEN = 2 * PARAMETERS
PROMPT, TOKENS = 16, 64
CONTEXTS = [16, 256, 512, 1000]
BATCHES = [1, 2, 4, 8, 16]
CLIENTS = [1, 2, 4, 8, 16]


class Rows:
    """All rows, with the programs that are there."""

    def __init__(self, shop, built, options):
        self.shop, self.built, self.options = shop, built, options
        self.dixie = programs.Dixie(shop, built, options)
        self.others = programs.others(shop, options, options.skip_peer)

    def table(self):
        yield from (self.decode(weights, 1) for weights in WEIGHTS)
        yield from (self.decode("int8", batch) for batch in (8, 16))
        yield from (self.prefill(weights) for weights in ("f32", "bf16", "int8"))
        yield self.http(8)
        yield self.first_token()
        yield self.swap()
        yield self.tokenize()

    def curves(self):
        for weights in WEIGHTS:
            yield from (self.own_decode("context", weights, 1, length) for length in CONTEXTS)
            yield from (self.own_decode("batch", weights, batch, PROMPT) for batch in BATCHES)
        yield from (self.http(clients, f"clients/{clients}") for clients in CLIENTS)

    def asked(self, weights, question, **sizes):
        """The same question to every program that has this format, and why the rest have not."""
        everyone = [self.dixie, *self.others.values()]
        able = [p for p in everyone if p is self.dixie or weights in p.formats]
        contenders = {
            p.name: functools.partial(getattr(p, question), weights, **sizes) for p in able
        }
        reasons = {p.name: f"has no {weights} here" for p in everyone if p not in able}
        return contenders, reasons

    def decode(self, weights, batch):
        contenders, reasons = self.asked(
            weights, "decode", batch=batch, prompt=PROMPT, tokens=TOKENS
        )
        together = "1 sequence" if batch == 1 else f"{batch} together"
        return Row(
            f"decode-{batch}-{weights}",
            f"decode, {together}, {weights}",
            "tokens/s",
            contenders,
            reasons,
            wall=lambda limit: batch * limit["bytes_per_second"] / BYTES[weights],
        )

    def prefill(self, weights):
        contenders, reasons = self.asked(weights, "prefill", prompt=512)
        return Row(
            f"prefill-{weights}",
            f"prefill, 512 tokens, {weights}",
            "tokens/s",
            contenders,
            reasons,
            # Formats other than f32 have faster arithmetic on some machines, and none on others.
            wall=(lambda limit: limit["flops"] / FLOPS_A_TOKEN) if weights == "f32" else None,
        )

    def own_decode(self, curve, weights, batch, prompt):
        # A window has 1,024 tokens: 24 more fit behind the longest prompt.
        sizes = dict(batch=batch, prompt=prompt, tokens=24)
        return Row(
            f"{curve}/{weights}/{prompt if curve == 'context' else batch}",
            f"decode, {batch} together after {prompt} tokens, {weights}",
            "tokens/s",
            {"dixie": functools.partial(self.dixie.decode, weights, **sizes)},
        )

    def http(self, clients, key="http"):
        def load(command):
            with servers.running(command) as port:
                servers.first_token(port)
                url = f"http://127.0.0.1:{port}"
                told = self.dixie.load(url, clients, TOKENS, self.options.requests * clients)
            if told["errors"]:
                raise programs.Failed(f"{told['errors']} errors: {told['first_error']}")
            return told["tokens_per_second"]

        return Row(
            key,
            f"HTTP, {clients} streaming clients × {TOKENS} tokens, int8",
            "tokens/s",
            self.both_servers(load, clients),
            self.no_servers(),
        )

    def first_token(self):
        def start(command):
            # The second of two starts: what the first has used and given back is there at once,
            # where memory that a virtual machine's host has taken back is not.
            for _ in range(2):
                began = time.monotonic()
                with servers.running(command) as port:
                    servers.first_token(port)
                    seconds = time.monotonic() - began
            return seconds

        return Row(
            "first-token",
            "first token over HTTP after the process is started again, int8",
            "s",
            self.both_servers(start, 1),
            self.no_servers(),
            lower_is_better=True,
        )

    def swap(self):
        def reply():
            command = self.server(models=("a", "b"))
            with servers.running(command) as port:
                servers.first_token(port)
                began = time.monotonic()
                servers.whole_reply(port, "b", 120)
                return time.monotonic() - began

        reasons = {**self.no_servers(), "llama.cpp": "serves one model a process"}
        work = "bring a second model in and reply 120 tokens, int8"
        return Row("swap", work, "s", {"dixie": reply}, reasons, lower_is_better=True)

    def tokenize(self):
        text = self.options.text
        counts = set()

        def rate(program):
            megabytes, count = program.tokenize(text)
            counts.add(count)
            if len(counts) > 1:
                raise programs.Failed(f"the programs made different numbers of tokens: {counts}")
            return megabytes

        everyone = [self.dixie, *programs.tokenizers(self.shop, self.options)]
        contenders = {p.name: functools.partial(rate, p) for p in everyone}
        return Row("tokenize", "tokenizer, one thread", "MB/s", contenders)

    def server(self, **settings):
        return servers.dixie_server(self.built, self.shop, self.options.threads, **settings)

    def both_servers(self, work, clients):
        contenders = {"dixie": functools.partial(work, self.server())}
        if "llama" in self.others:
            theirs = servers.llama_server(self.shop, self.options.threads, clients=clients)
            contenders["llama.cpp"] = functools.partial(work, theirs)
        return contenders

    def no_servers(self):
        return {
            peer.name: "is a library without a server"
            for key, peer in self.others.items()
            if key != "llama"
        }
