"""What the page at `/` is served by in its tests: small models, one of them slow, and training runs."""

import json
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import threading

PROJECT = pathlib.Path(__file__).resolve().parents[2]
# A limit of patience, not a measurement.
PATIENCE = 120


def write_slow_model(folder):
    """A model of 21 million invented weights, whose replies take seconds: there is time to stop one."""
    width, layers, window, words = 384, 12, 1024, 1000
    shapes = {"wte.weight": [words, width], "wpe.weight": [window, width]}
    for layer in range(layers):
        name = f"h.{layer}."
        shapes |= {
            name + "ln_1.weight": [width], name + "ln_1.bias": [width],
            name + "attn.c_attn.weight": [width, 3 * width], name + "attn.c_attn.bias": [3 * width],
            name + "attn.c_proj.weight": [width, width], name + "attn.c_proj.bias": [width],
            name + "ln_2.weight": [width], name + "ln_2.bias": [width],
            name + "mlp.c_fc.weight": [width, 4 * width], name + "mlp.c_fc.bias": [4 * width],
            name + "mlp.c_proj.weight": [4 * width, width], name + "mlp.c_proj.bias": [width],
        }
    shapes |= {"ln_f.weight": [width], "ln_f.bias": [width]}
    header, offset = {}, 0
    for name, shape in shapes.items():
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    noise = random.Random(7)
    # A prime number of them, so that no two rows are alike.
    block = struct.pack("<65537f", *(noise.gauss(0, 0.08) for _ in range(65537)))
    folder.mkdir(parents=True)
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        left = offset
        while left > 0:
            file.write(block[:left])
            left -= len(block)
    (folder / "config.json").write_text(json.dumps({
        "model_type": "gpt2", "activation_function": "gelu_new", "vocab_size": words,
        "n_positions": window, "n_embd": width, "n_head": 6, "n_layer": layers}))
    for name in ["vocab.json", "merges.txt"]:
        shutil.copy(PROJECT / "Tests/Fixtures/models/red" / name, folder)


def write_runs(folder):
    """A finished run with a model to swap in, and one whose table has been damaged."""
    noise = random.Random(3)
    header = "step,loss,avg,learning_rate,norm,tokens_per_second,val_loss"
    for name, steps in [("mom", 900), ("sam", 40)]:
        shutil.copytree(PROJECT / "Tests/Fixtures/models/blue", folder / name)
        (folder / name / "model.safetensors").rename(folder / name / f"model-{steps}.safetensors")
        rows, average = [header], 7.0
        for step in range(1, steps + 1):
            loss = 2.2 + 4.6 * 0.994**step + noise.gauss(0, 0.16)
            average += (loss - average) * 0.03
            checked = f"{loss + 0.15 + step / 4000:.4f}" if step % 50 == 0 else ""
            rows.append(f"{step},{loss:.4f},{average:.4f},0.0003,1.0,5100.0,{checked}")
        if name == "sam":
            rows[20:22] = ["20,nan,nan,0.0003,nan,5100.0,", "a disk that was full", "21,1.0"]
        (folder / name / "loss.csv").write_text("\n".join(rows) + "\n")


class Server:
    """A server program with its own folder of models."""

    def __init__(self, program, models, settings=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dixie-page-"))
        for name in ["red", "blue"]:
            shutil.copytree(PROJECT / "Tests/Fixtures/models" / name, self.folder / "models" / name)
        if any(model["key"] == "slow" for model in models):
            write_slow_model(self.folder / "models/slow")
        write_runs(self.folder / "checkpoint")
        path = self.folder / "server_config.json"
        path.write_text(json.dumps({"models": models, **(settings or {})}))
        self.lines = []
        self.process = subprocess.Popen(
            [program, "--config_path", path, "--port", "0"], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        for line in self.process.stdout:
            if found := re.search(r"Ready on (http://\S+?)\. ", line):
                self.url = found[1]
                return
        raise SystemExit("the server did not start:\n" + "".join(self.lines))

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def answers(self, path="/invocations"):
        """What the log says of the answers at a path so far."""
        found = []
        for line in self.lines:
            if f"path={path}" in line and "answered" in line:
                found.append(dict(re.findall(r"(\w+)=(\S+)", line)))
        return found

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)


MODELS = [
    {"key": "red", "model_name": "red", "persona": {"audience": "mom"}, "names": ["mom", "dad"],
     "generation": {"temperature": 0.4, "length": 24, "penalize": 0}},
    {"key": "blue", "model_name": "blue", "generation": {"temperature": 0, "length": 30}},
    {"key": "slow", "model_name": "slow", "generation": {"temperature": 1, "length": 900}},
]
