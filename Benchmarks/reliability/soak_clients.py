"""What clients of soak.py do: those that behave, and those that do not."""

import collections
import concurrent.futures
import http.client
import io
import json
import random
import socket
import ssl
import struct
import threading
import time

PROMPTS = [f"{number} stories were told that evening" for number in range(1, 9)]
MESSAGES = ["who told the stories", "and what happened then"]
TOKENS = 24
LATE = 30  # Seconds after which something that should have come counts as missing.


class Failure(Exception):
    """Something that a good server would not have done."""


def invocation(model, prompt, **more):
    return "/invocations", {"model_key": model, "raw_text": prompt, "length": TOKENS,
                            "temperature": 0, "format": "json", **more}


def completion(model, prompt, **more):
    return "/v1/completions", {"model": model, "prompt": prompt, "max_tokens": TOKENS,
                               "temperature": 0, **more}


def chat(model, session, message, **more):
    return "/invocations", {"model_key": model, "message": message, "session_id": session,
                            "audience": "guest", "length": 12, "temperature": 0,
                            "format": "json", **more}


def request_bytes(path, body):
    content = json.dumps(body).encode()
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n").encode() + content


def text_of(content, is_stream):
    """A reply's text, in the shape of either dialect."""
    if not is_stream:
        pieces = [json.loads(content)]
    else:
        events = [line[6:] for line in content.decode().split("\n") if line.startswith("data: ")]
        if not events or events[-1] != "[DONE]":
            raise Failure("a stream without its end")
        pieces = [json.loads(event) for event in events[:-1]]
    if any("error" in piece for piece in pieces):
        raise Failure("a stream with an error in it")
    return "".join(piece["text"] if "text" in piece else piece["choices"][0]["text"]
                   for piece in pieces)


class Site:
    """Where the server is, what it should say, and what has been seen of it."""

    def __init__(self, address, tls_address):
        self.address = address
        self.tls_address = tls_address
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.expected = {}  # (version, prompt or (session's) messages) -> text
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.failures = []
        self.going = threading.Event()
        self.stopping = threading.Event()

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def fail(self, role, error):
        with self.lock:
            self.counts["failures"] += 1
            self.failures.append(f"{role}: {type(error).__name__}: {error}")

    def opened(self, is_tls):
        if is_tls:
            return http.client.HTTPSConnection(
                *self.tls_address, timeout=LATE, context=self.context)
        return http.client.HTTPConnection(*self.address, timeout=LATE)

    def socket(self, is_tls=False):
        return socket.create_connection(self.tls_address if is_tls else self.address, timeout=LATE)

    def ask(self, connection, path, body, key):
        """Sends a request and compares its reply with what that version says by itself."""
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read()
        self.check(response, content, body, key)
        return response

    def check(self, response, content, body, key):
        if response.status == 429 and response.getheader("Retry-After"):
            return self.count("refused")
        if response.status != 200:
            raise Failure(f"status {response.status}: {content[:200]}")
        version = response.getheader("x-model-version")
        text = text_of(content, body.get("stream", False))
        if key is not None and self.expected.get((version, key)) != text:
            raise Failure(f"a reply of version {version} is not what that says by itself")
        self.count("replies")


def repeat(site, role, action, pause, seed):
    """Does `action` about every `pause` seconds, until it is told to stop."""
    choose = random.Random(seed)
    while not site.stopping.is_set():
        if site.going.wait(0.2):
            try:
                action(site, choose)
                site.count(role)
            except Exception as error:  # Whatever it is, something has failed.
                site.fail(role, error)
            site.stopping.wait(choose.expovariate(1 / pause))


def ask(site, choose):
    """Some requests on one connection: whole and streamed, of both dialects, plain and over TLS."""
    connection = site.opened(is_tls=choose.random() < 0.4)
    try:
        for _ in range(choose.randint(1, 8)):
            prompt = choose.choice(PROMPTS)
            more = {"stream": True} if choose.random() < 0.5 else {}
            path, body = choose.choice([invocation, completion])(
                choose.choice("ab"), prompt, **more)
            site.ask(connection, path, body, prompt)
    finally:
        connection.close()


def talk(site, choose):
    """A chat of two turns; the second is compared where both are of one version."""
    session = f"s{choose.getrandbits(60)}"
    connection = site.opened(is_tls=choose.random() < 0.4)
    try:
        path, body = chat("a", session, MESSAGES[0])
        first = site.ask(connection, path, body, MESSAGES[0])
        path, body = chat("a", session, MESSAGES[1], stream=choose.random() < 0.5)
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        second = connection.getresponse()
        version = second.getheader("x-model-version")
        same = first.status == 200 and version == first.getheader("x-model-version")
        site.check(second, second.read(), body, tuple(MESSAGES) if same else None)
    finally:
        connection.close()


def wake(model):
    """Asks a model that its `ttl` has unloaded since."""
    def action(site, choose):
        prompt = choose.choice(PROMPTS)
        connection = site.opened(False)
        try:
            site.ask(connection, *invocation(model, prompt), prompt)
        finally:
            connection.close()
    return action


def hang_up(site, choose):
    """Goes away on the way, by an end or by a reset."""
    is_tls = choose.random() < 0.3
    with site.socket(is_tls) as plain:
        stream = site.context.wrap_socket(plain) if is_tls else plain
        content = request_bytes(*invocation("a", choose.choice(PROMPTS), length=60,
                                            stream=choose.random() < 0.7))
        stream.sendall(content[:choose.choice([20, len(content) - 5, len(content)])])
        if choose.random() < 0.5:
            stream.settimeout(choose.random() / 20)
            try:
                stream.recv(choose.randint(1, 400))
            except TimeoutError:
                pass
        if choose.random() < 0.5:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        stream.close()


class SlowFile(io.RawIOBase):
    """Reads little at a time, with pauses."""

    def __init__(self, connection):
        self.connection = connection

    def readable(self):
        return True

    def readinto(self, buffer):
        time.sleep(0.01)
        return self.connection.recv_into(memoryview(buffer)[:256])


class Shared(io.BufferedReader):
    """Stays open from one response to the next."""

    def close(self):
        pass

    def makefile(self, *_):
        return self


def read_slowly(site, choose):
    """Asks twenty things at once and reads the answers in small pieces, all of them to the end."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.settimeout(LATE)
        connection.connect(site.address)
        asked = []
        for _ in range(20):
            prompt = choose.choice(PROMPTS)
            asked.append((prompt, invocation("a", prompt, stream=choose.random() < 0.8)))
        connection.sendall(b"".join(request_bytes(*request) for _, request in asked))
        file = Shared(SlowFile(connection))
        for prompt, (_, body) in asked:
            response = http.client.HTTPResponse(file, method="POST")
            response.begin()
            site.check(response, response.read(), body, prompt)


def stay(site, choose):
    """Begins something and does not go on; the server must close it."""
    is_tls = choose.random() < 0.4
    beginning = choose.choice([
        b"", b"POST /invocations HTTP/1.1\r\nHost: lo", b"\x16\x03\x01\x02",
        request_bytes(*invocation("a", PROMPTS[0]))[:-9]])
    with site.socket(is_tls) as connection:
        connection.sendall(beginning)
        answer = b""
        try:
            while piece := connection.recv(4096):
                answer += piece
        except ConnectionError:
            pass
        if answer.startswith(b"HTTP/1.1 5") or answer.startswith(b"HTTP/1.1 2"):
            raise Failure(f"half a request was answered with {answer[:40]}")


def send_garbage(site, choose):
    """What no client should send; it is answered with 4xx, or its connection is closed."""
    nested = b'{"model_key":"a","raw_text":' + b"[" * 5000
    good = request_bytes(*invocation("a", PROMPTS[0]))
    damaged = bytearray(good)
    damaged[choose.randrange(len(b"POST /invocations HTTP/1.1"))] = choose.randrange(256)
    content = choose.choice([
        choose.randbytes(choose.randint(1, 5000)), bytes(damaged),
        b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 50, b"GET " + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(nested), nested),
        request_bytes("/invocations", {"model_key": "nobody", "raw_text": "x"}),
        request_bytes("/invocations", ["no", "object"]),
        request_bytes("/v1/completions", {"model": "a", "prompt": "x", "max_tokens": -1}),
        request_bytes("/admin/models/a/swap", {"restore_from": "../../../etc"}),
        good.replace(b"application/json", b"text/plain"), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"])
    with site.socket(is_tls=choose.random() < 0.3) as connection:
        answer = b""
        try:
            connection.sendall(content)
            if choose.random() < 0.5:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(4096):
                answer += piece
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
    # Another method or version of HTTP is 501 or 505; what damage spared is answered with 200.
    right = {b"400", b"403", b"404", b"405", b"408", b"413", b"414", b"415", b"421", b"422", b"429",
             b"431", b"501", b"505"} | ({b"200"} if content == bytes(damaged) else set())
    if answer and not (answer.startswith(b"HTTP/1.1 ") and answer[9:12] in right):
        raise Failure(f"garbage was answered with {answer[:60]}")


def send_too_much(site, choose):
    """A body of a megabyte where 64 KiB are allowed."""
    connection = site.opened(is_tls=choose.random() < 0.4)
    status = None
    try:
        connection.request("POST", "/invocations", b"x" * 1_000_000,
                           {"Content-Type": "application/json"})
    except (ConnectionError, ssl.SSLError):
        pass  # It need not be read to its end; the answer may be there.
    try:
        status = connection.getresponse().status
    except (ConnectionError, ssl.SSLError, http.client.HTTPException):
        site.count("too_much_cut_off")
    finally:
        connection.close()
    if status not in (413, None):
        raise Failure(f"a body that is too large was answered with {status}")


def burst(site, choose):
    """Sixty at once."""
    def one(prompt):
        connection = site.opened(False)
        try:
            site.ask(connection, *invocation("b", prompt), prompt)
        finally:
            connection.close()
    with concurrent.futures.ThreadPoolExecutor(60) as threads:
        for done in [threads.submit(one, choose.choice(PROMPTS)) for _ in range(60)]:
            done.result()


ROLES = {  # What is done, about every how many seconds, and by how many.
    "ask": (ask, 0.4, 4), "talk": (talk, 1, 1), "hang_up": (hang_up, 0.5, 1),
    "read_slowly": (read_slowly, 3, 2), "stay": (stay, 1, 4), "garbage": (send_garbage, 0.5, 1),
    "too_much": (send_too_much, 2, 1), "burst": (burst, 20, 1), "wake": (wake("t"), 6, 1),
}
