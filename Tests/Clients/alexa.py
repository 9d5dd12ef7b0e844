#!/usr/bin/env python3
"""Has Amazon's own SDK make requests for a running server's POST /alexa, and read its answers.

    python3 -m venv .venv
    .venv/bin/pip install ask-sdk-core==1.19.0 ask-sdk-model==1.82.0
    .venv/bin/python Tests/Clients/alexa.py SERVER FOLDER

SERVER is the program, such as .build/debug/server, FOLDER has a model's folder in it, such as
Tests/Fixtures/models. The requests are signed with the fixtures' key. The server is the real one, with
nothing in it turned off, in a world of its own: its list of authorities is another (SSL_CERT_FILE), and
the proxy by which it reaches s3.amazonaws.com (https_proxy) is in here and gives it the fixtures'
certificates. Needs openssl in the PATH. Prints a line for each thing that was seen, and ends with 1 at
the first that is not as it should be.
"""
import base64
import datetime
import http.client
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import (
    Application, Context, Intent, IntentRequest, LaunchRequest, RequestEnvelope, ResponseEnvelope,
    Session, SessionEndedReason, SessionEndedRequest, Slot, User,
)
from ask_sdk_model.canfulfill import CanFulfillIntentRequest, CanFulfillIntentValues
from ask_sdk_model.interfaces.system import SystemState
from ask_sdk_model.ui import PlainTextOutputSpeech

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Fixtures" / "alexa"
SKILL = "amzn1.ask.skill.00000000-0000-0000-0000-000000000001"
PLACE = "https://s3.amazonaws.com/echo.api/echo-api-cert-0.pem"
SERIALIZER = DefaultSerializer()


def prove(sentence, holds):
    """Says what was seen, or ends."""
    if not holds:
        sys.exit(f"NOT SO: {sentence}")
    print(f"seen: {sentence}")


class Bucket:
    """A proxy at whose other end there is nothing but a bucket with two certificates in one file."""

    def __init__(self, folder):
        self.certificate = folder / "s3.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
             "-subj", "/CN=s3.amazonaws.com", "-addext", "subjectAltName=DNS:s3.amazonaws.com",
             "-keyout", folder / "s3.key", "-out", self.certificate],
            check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, folder / "s3.key")
        self.file = b"".join(
            (FIXTURES / name).read_bytes() for name in ["good.pem", "intermediate.pem"])
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=[connection], daemon=True).start()

    def answer(self, connection):
        try:
            head = self.head(connection)
            self.asked.append(head.split("\r\n")[0])
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self.context.wrap_socket(connection, server_side=True) as secure:
                self.asked.append(self.head(secure).split("\r\n")[0])
                secure.sendall(
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                    % len(self.file) + self.file)
        except OSError as error:
            self.asked.append(str(error))

    @staticmethod
    def head(connection):
        text = b""
        while b"\r\n\r\n" not in text:
            piece = connection.recv(4096)
            if not piece:
                break
            text += piece
        return text.decode()


class Server:
    """The program, on a free port."""

    def __init__(self, program, model, folder, bucket):
        configuration = folder / "server_config.json"
        configuration.write_text(json.dumps({
            "threads": 1, "cache_dir": "",
            "alexa": {"skill_id": SKILL, "model_key": "fixture", "greeting": "Welcome, <friend> & co."},
            "models": [{"key": "fixture", "model_name": str(model),
                        "persona": {"side": 0, "audience": "mom"},
                        "generation": {"length": 20, "temperature": 0}}]}))
        roots = folder / "roots.pem"
        roots.write_bytes((FIXTURES / "root.pem").read_bytes() + bucket.certificate.read_bytes())
        environment = dict(
            os.environ, https_proxy=bucket.address, no_proxy="", SSL_CERT_FILE=str(roots),
            SSL_CERT_DIR=str(folder / "none"), SWIFT_BACKTRACE="enable=no")
        self.log = open(folder / "log", "w+")
        self.process = subprocess.Popen(
            [program, "--config_path", configuration, "--port", "0"], env=environment,
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        place = re.search(r"Ready on http://([^:]+):(\d+)", line)
        if not place:
            sys.exit(f"the server does not start:\n{(folder / 'log').read_text()}")
        self.host, self.port = place[1], int(place[2])

    def post(self, body, **changes):
        """A signed body; `changes` are header fields that are to be others."""
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", FIXTURES / "leaf.key"], input=body,
            check=True, capture_output=True).stdout
        headers = {
            "Content-Type": "application/json; charset=utf-8", "Accept": "application/json",
            "User-Agent": "Apache-HttpClient/4.5", "SignatureCertChainUrl": PLACE,
            "Signature-256": base64.b64encode(signature).decode(), **changes}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        connection.request("POST", "/alexa", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def envelope(request, attributes, time_of=None):
    """A request as Alexa writes it."""
    user = User(user_id="amzn1.ask.account.TEST")
    application = Application(application_id=SKILL)
    whole = SERIALIZER.serialize(RequestEnvelope(
        version="1.0", request=request,
        session=Session(
            new=not attributes, session_id="amzn1.echo-api.session.1", user=user,
            attributes=attributes, application=application),
        context=Context(system=SystemState(
            application=application, user=user, api_endpoint="https://api.amazonalexa.com"))))
    moment = time_of or datetime.datetime.now(datetime.timezone.utc)
    whole["request"]["timestamp"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps(whole).encode()


def intent(name, **slots):
    return Intent(name=name, slots={k: Slot(name=k, value=v) for k, v in slots.items()})


def ask(server, request, attributes=None):
    status, headers, text = server.post(envelope(request, attributes or {}))
    if status != 200:
        sys.exit(f"NOT SO: 200, but {status}: {text}\n{pathlib.Path(server.log.name).read_text()}")
    if headers["Content-Type"].lower() != "application/json;charset=utf-8":
        sys.exit(f"NOT SO: {headers['Content-Type']} is what Alexa wants")
    answer = SERIALIZER.deserialize(text, ResponseEnvelope)
    # What the SDK did not know, it would have left out.
    if SERIALIZER.serialize(answer) != json.loads(text):
        sys.exit(f"NOT SO: the SDK knows every field of {text}")
    return answer


def speech(answer):
    output = answer.response.output_speech
    if not isinstance(output, PlainTextOutputSpeech):
        sys.exit(f"NOT SO: {output} is plain text")
    return output.text


def prove_requests(server):
    opened = ask(server, LaunchRequest(request_id="1", locale="en-US"))
    prove("LaunchRequest is greeted, and the session stays open",
          speech(opened) == "Welcome, <friend> & co."
          and opened.response.should_end_session is False
          and opened.response.reprompt.output_speech.text != "")
    attributes, turns = opened.session_attributes, 0
    for words in ["hello there", "what is it", "and why"]:
        answer = ask(server, IntentRequest(
            request_id="2", locale="en-US", intent=intent("TalkIntent", message=words)), attributes)
        turns += 2
        attributes = answer.session_attributes
        prove(f"turn {turns // 2} is answered, and the attributes have {turns} turns",
              speech(answer) and answer.response.should_end_session is False
              and len(attributes["turns"]) == turns and attributes["turns"][-2] == words
              and attributes["turns"][-1] == speech(answer))
    helped = ask(server, IntentRequest(intent=intent("AMAZON.HelpIntent")), attributes)
    prove("AMAZON.HelpIntent keeps the conversation",
          speech(helped) and helped.session_attributes == attributes)
    stopped = ask(server, IntentRequest(intent=intent("AMAZON.StopIntent")), attributes)
    prove("AMAZON.StopIntent says goodbye and ends the session",
          speech(stopped) and stopped.response.should_end_session is True)
    ended = ask(server, SessionEndedRequest(reason=SessionEndedReason.USER_INITIATED), attributes)
    prove("SessionEndedRequest is answered in silence",
          ended.response.output_speech is None and ended.response.should_end_session is None)
    can = ask(server, CanFulfillIntentRequest(intent=intent("TalkIntent", message="pizza")))
    prove("CanFulfillIntentRequest is answered with YES",
          can.response.can_fulfill_intent.can_fulfill == CanFulfillIntentValues.YES
          and can.response.can_fulfill_intent.slots["message"].can_understand is not None)


def prove_refusals(server):
    body = envelope(LaunchRequest(request_id="1"), {})
    old = envelope(LaunchRequest(request_id="1"), {},
                   datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=200))
    forged = base64.b64encode(bytes(256)).decode()
    for name, answer in [
        ("a forged signature", server.post(body, **{"Signature-256": forged})),
        ("another host's certificate",
         server.post(body, SignatureCertChainUrl="https://evil.test/echo.api/cert.pem")),
        ("an old request", server.post(old)),
        ("another skill's", server.post(body.replace(SKILL.encode(), b"amzn1.ask.skill.2"))),
    ]:
        prove(f"{name} is refused with 400", answer[0] == 400)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program = pathlib.Path(sys.argv[1]).resolve()
    models = sorted(path.parent for path in pathlib.Path(sys.argv[2]).resolve().glob("*/config.json"))
    if not models:
        sys.exit(f"no model in {sys.argv[2]}: there is no */config.json")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bucket = Bucket(folder)
        server = Server(program, models[-1], folder, bucket)
        try:
            begun = time.monotonic()
            prove_requests(server)
            prove_refusals(server)
            print(f"in {time.monotonic() - begun:.1f} s")
            prove("the certificate was fetched once, by HTTPS, through the proxy",
                  [line.split(" ")[:2] for line in bucket.asked]
                  == [["CONNECT", "s3.amazonaws.com:443"], ["GET", "/echo.api/echo-api-cert-0.pem"]])
            log = (folder / "log").read_text()
            prove("nothing that was said is in the log", "hello there" not in log)
        finally:
            server.process.terminate()
            server.process.wait()


main()
