"""Two servers of the same model, started and asked in the same way."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import tempfile
import time

from .programs import Failed


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def dixie_server(programs, shop, threads, weights="int8", models=("a",)):
    """One entry a model; only the first is loaded at the start."""

    def command(folder, port):
        entries = [
            {
                "key": key,
                "model_name": str(shop.model),
                "restore_from": str(shop.model),
                "weights": weights,
                "preload": key == models[0],
                "sanitizer": "none",
            }
            for key in models
        ]
        path = os.path.join(folder, "server_config.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"port": port, "threads": threads, "models": entries}, file)
        return [programs / "server", "--config_path", path]

    return command


def llama_server(shop, threads, weights="int8", clients=8):
    """A slot a client of 256 tokens each; continuous batching is on unless it is turned off."""

    def command(_, port):
        program = [shop.llama("llama-server"), "-m", shop.gguf(weights)]
        place = ["--host", "127.0.0.1", "--port", port]
        return [*program, *place, "-t", threads, "-np", clients, "-c", 256 * clients]

    return command


@contextlib.contextmanager
def running(command):
    """The port of a server that has been started just now, and may not be ready yet."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        words = [str(word) for word in command(folder, port)]
        log = open(os.path.join(folder, "log"), "wb")
        process = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            yield port
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.close()


def first_token(port, tokens=4, patience=120):
    """Asks until there is an answer, and returns when its first token is there."""
    deadline = time.monotonic() + patience
    ask = {"prompt": "Once upon a time", "max_tokens": tokens, "stream": True, "temperature": 0}
    headers = {"Content-Type": "application/json"}
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        try:
            connection.request("POST", "/v1/completions", json.dumps(ask), headers)
            reply = connection.getresponse()
            if reply.status == 200 and any(line.startswith(b"data: {") for line in reply):
                return
        except ConnectionError:
            pass
        finally:
            connection.close()
        time.sleep(0.002)
    raise Failed(f"no token came within {patience} s")


def whole_reply(port, key, tokens):
    """Of this project's server: POST /invocations, waited for to its end."""
    ask = {"model_key": key, "raw_text": "Once upon a time", "length": tokens, "temperature": 0}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/invocations", json.dumps(ask), headers)
        reply = connection.getresponse()
        body = reply.read()
    finally:
        connection.close()
    if reply.status != 200:
        raise Failed(f"the server answered {reply.status}: {body[:200]!r}")
