"""What the scripts of this folder send requests with: bytes as they are, plain or over TLS. Linux only."""

import hashlib
import pathlib
import re
import select
import socket
import ssl
import time

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def model(key):
    """A tiny model's entry for a configuration."""
    return {"key": key, "model_name": str(FIXTURES / "models" / key)}


def certificate(name, folder=FIXTURES / "tls"):
    """A certificate's entry for a configuration."""
    folder = pathlib.Path(folder)
    return {"certificate": str(folder / f"{name}.pem"), "key": str(folder / f"{name}.key")}


def secure_address(server, seconds=10):
    """Where HTTPS is, as the server's log says."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = re.search(r"port=(\d+) .*listening for HTTPS", server.log_path.read_text())
        if found:
            return server.address[0], int(found[1])
        time.sleep(0.05)
    raise TimeoutError("the server's log names no port for HTTPS")


def trusting_context():
    """Takes any certificate: the fixtures sign themselves."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Wire:
    """One connection, used by one thread, that never waits longer than it is told.

    Over TLS it holds both sides' bytes itself, so that reading goes on while writing waits.
    """

    def __init__(self, address, context=None, timeout=10, source=None, name="one.test"):
        self.socket = socket.create_connection(
            address, timeout=timeout, source_address=(source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.received = bytearray()
        self.closed = False
        self.secure = None
        if context:
            self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            self.secure = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name)
            try:
                self._shake_hands(time.monotonic() + timeout)
            except BaseException:
                self.close()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def _shake_hands(self, deadline):
        while True:
            try:
                self.secure.do_handshake()
                return self._flush(deadline)
            except ssl.SSLWantReadError:
                self._flush(deadline)
            if not self._wait(deadline):
                raise TimeoutError("the handshake took too long")
            piece = self.socket.recv(65536)
            if piece:
                self.incoming.write(piece)
            else:
                self.incoming.write_eof()

    def _wait(self, deadline, writing=False):
        """Whether there is something to read, or room to write, before the deadline."""
        ready = select.poll()
        ready.register(self.socket, select.POLLIN | (select.POLLOUT if writing else 0))
        return ready.poll(max(0, deadline - time.monotonic()) * 1000)

    def _flush(self, deadline):
        self._send_all(self.outgoing.read(), deadline)

    def _send_all(self, content, deadline):
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[self.socket.send(rest):]
            except BlockingIOError:
                if not self._wait(deadline, writing=True):
                    raise TimeoutError("the server takes nothing") from None
                if not self.take():
                    # Nobody reads at the other end; what it has said is kept.
                    if self.closed:
                        raise BrokenPipeError from None
                    time.sleep(0.001)

    def send(self, content, timeout=20):
        """Sends all of it, and keeps what comes meanwhile."""
        deadline = time.monotonic() + timeout
        if not self.secure:
            return self._send_all(content, deadline)
        for start in range(0, len(content), 16384):
            self.secure.write(content[start:start + 16384])
            self._flush(deadline)

    def end_sending(self):
        if self.secure:
            try:
                self.secure.unwrap()
            except ssl.SSLError:
                pass  # The server has not ended its side, nor should it.
            self._flush(time.monotonic() + 5)
        self.socket.shutdown(socket.SHUT_WR)

    def take(self):
        """Whether anything had come. Does not wait."""
        if self.closed:
            return False
        try:
            piece = self.socket.recv(262144)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            piece = b""
        self.closed = not piece
        if not self.secure:
            self.received += piece
            return bool(piece)
        if piece:
            self.incoming.write(piece)
        else:
            self.incoming.write_eof()
        try:
            while decrypted := self.secure.read(65536):
                self.received += decrypted
            self.closed = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            self.closed = True
        return bool(piece)

    def receive(self, seconds):
        """Waits for anything, at most so long; whether something came."""
        return bool(not self.closed and self._wait(time.monotonic() + seconds)) and self.take()

    def ask(self, request, timeout=30):
        """The status, headers and body of one request's answer, on a connection that stays open."""
        self.send(request)
        deadline = time.monotonic() + timeout
        while True:
            answers = Answers(bytes(self.received))
            if answers.are_whole and answers.final:
                answer = answers.final[0]
                self.received.clear()
                return answer
            if self.closed or time.monotonic() > deadline:
                raise ConnectionError("no answer")
            self.receive(min(1, max(0, deadline - time.monotonic())))


class Answers:
    """What a server has sent, taken apart.

    `final` holds (status, headers, body) of each answer, `interim` the statuses of 1xx. `are_whole` is
    False while something is missing, and None where the bytes are no answers.
    """

    def __init__(self, content, to_head=False):
        self.final, self.interim, self.are_whole = [], [], True
        position = 0
        while position < len(content) and self.are_whole:
            position = self._one(content, position, to_head and not self.final)

    def _one(self, content, position, to_head):
        end = content.find(b"\r\n\r\n", position)
        if end < 0:
            started = content[position:position + 5]
            self.are_whole = False if b"HTTP/"[:len(started)] == started else None
            return position
        lines = content[position:end].decode("latin-1").split("\r\n")
        line = re.fullmatch(r"HTTP/1\.[01] (\d{3}) ?.*", lines[0])
        if not line:
            self.are_whole = None
            return position
        status = int(line[1])
        headers = {name.lower(): value.strip()
                   for name, _, value in (field.partition(":") for field in lines[1:])}
        position = end + 4
        if status < 200:
            self.interim.append(status)
            return position
        body = b""
        if to_head or status in (204, 304):
            pass
        elif headers.get("transfer-encoding") == "chunked":
            body, position = self._chunks(content, position)
        elif "content-length" in headers:
            length = int(headers["content-length"])
            body, position = content[position:position + length], position + length
            if position > len(content):
                self.are_whole = False
        else:
            body, position = content[position:], len(content)
        self.final.append((status, headers, body))
        return position

    def _chunks(self, content, position):
        body = b""
        while True:
            end = content.find(b"\r\n", position)
            if end < 0:
                self.are_whole = False
                return body, len(content)
            try:
                size = int(content[position:end].split(b";")[0], 16)
            except ValueError:
                self.are_whole = None
                return body, len(content)
            body += content[end + 2:end + 2 + size]
            position = end + 2 + size + 2
            if position > len(content):
                self.are_whole = False
                return body, len(content)
            if size == 0:
                return body, position


def fingerprint(wire):
    """Names the certificate that the server showed."""
    return hashlib.sha256(wire.secure.getpeercert(True)).hexdigest()[:12]
