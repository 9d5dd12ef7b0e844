"""Amazon's own SDK makes requests for POST /alexa and reads the answers.

The requests are signed with the fixtures' key. The server is the real one, with nothing in it turned
off, in a world of its own: its list of authorities is another (SSL_CERT_FILE), and the proxy by which it
reaches s3.amazonaws.com (https_proxy) is in here and gives it the fixtures' certificates. Needs openssl.
"""

import base64
import contextlib
import datetime
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import (
    Application, Context, Intent, IntentRequest, LaunchRequest, RequestEnvelope, ResponseEnvelope,
    Session, SessionEndedReason, SessionEndedRequest, Slot, User,
)
from ask_sdk_model.canfulfill import CanFulfillIntentRequest, CanFulfillIntentValues
from ask_sdk_model.interfaces.system import SystemState
from ask_sdk_model.ui import PlainTextOutputSpeech

from serving import ROOT, Server

FIXTURES = ROOT / "Tests" / "Fixtures" / "alexa"
SKILL = "amzn1.ask.skill.00000000-0000-0000-0000-000000000001"
PLACE = "https://s3.amazonaws.com/echo.api/echo-api-cert-0.pem"
SERIALIZER = DefaultSerializer()


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


class AlexaTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.temporary.name)
        cls.bucket = Bucket(folder)
        roots = folder / "roots.pem"
        roots.write_bytes(
            (FIXTURES / "root.pem").read_bytes() + cls.bucket.certificate.read_bytes())
        model = {"key": "red", "model_name": str(ROOT / "Tests/Fixtures/models/red"),
                 "persona": {"side": 0, "audience": "mom"},
                 "generation": {"length": 20, "temperature": 0}}
        cls.server = Server(
            [model], threads=1,
            alexa={"skill_id": SKILL, "model_key": "red", "greeting": "Welcome, <friend> & co."},
            environment={"https_proxy": cls.bucket.address, "no_proxy": "",
                         "SSL_CERT_FILE": str(roots), "SSL_CERT_DIR": str(folder / "none")})

    @classmethod
    def tearDownClass(cls):
        cls.server.end()
        cls.temporary.cleanup()

    def post(self, body, **changes):
        """A signed body; `changes` are header fields that are to be others."""
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", FIXTURES / "leaf.key"], input=body,
            check=True, capture_output=True).stdout
        headers = {
            "Content-Type": "application/json; charset=utf-8", "Accept": "application/json",
            "User-Agent": "Apache-HttpClient/4.5", "SignatureCertChainUrl": PLACE,
            "Signature-256": base64.b64encode(signature).decode(), **changes}
        connection = http.client.HTTPConnection(*self.server.address, timeout=120)
        with contextlib.closing(connection):
            connection.request("POST", "/alexa", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def ask(self, request, attributes=None):
        status, headers, text = self.post(envelope(request, attributes or {}))
        self.assertEqual(status, 200, text)
        # As Alexa wants it.
        self.assertEqual(headers["Content-Type"].lower(), "application/json;charset=utf-8")
        answer = SERIALIZER.deserialize(text, ResponseEnvelope)
        # What the SDK did not know, it would have left out.
        self.assertEqual(SERIALIZER.serialize(answer), json.loads(text))
        return answer

    def speech(self, answer):
        self.assertIsInstance(answer.response.output_speech, PlainTextOutputSpeech)
        return answer.response.output_speech.text

    def test_conversation(self):
        opened = self.ask(LaunchRequest(request_id="1", locale="en-US"))
        self.assertEqual(self.speech(opened), "Welcome, <friend> & co.")
        self.assertIs(opened.response.should_end_session, False)
        self.assertTrue(opened.response.reprompt.output_speech.text)
        attributes, count = opened.session_attributes, 0
        for words in ["hello there", "what is it", "and why"]:
            answer = self.ask(IntentRequest(
                request_id="2", locale="en-US", intent=intent("TalkIntent", message=words)),
                attributes)
            count += 2
            attributes = answer.session_attributes
            self.assertIs(answer.response.should_end_session, False)
            self.assertEqual(len(attributes["turns"]), count)
            self.assertEqual(attributes["turns"][-2:], [words, self.speech(answer)])
        helped = self.ask(IntentRequest(intent=intent("AMAZON.HelpIntent")), attributes)
        self.assertTrue(self.speech(helped))
        self.assertEqual(helped.session_attributes, attributes)
        stopped = self.ask(IntentRequest(intent=intent("AMAZON.StopIntent")), attributes)
        self.assertTrue(self.speech(stopped))
        self.assertIs(stopped.response.should_end_session, True)
        # Nothing that was said is in the log, and the certificate was fetched once.
        self.assertNotIn("hello there", self.server.log_path.read_text())
        self.assertEqual(
            [line.split(" ")[:2] for line in self.bucket.asked],
            [["CONNECT", "s3.amazonaws.com:443"], ["GET", "/echo.api/echo-api-cert-0.pem"]])

    def test_end_of_a_session_is_answered_in_silence(self):
        ended = self.ask(SessionEndedRequest(reason=SessionEndedReason.USER_INITIATED))
        self.assertIsNone(ended.response.output_speech)
        self.assertIsNone(ended.response.should_end_session)

    def test_can_fulfill(self):
        answer = self.ask(CanFulfillIntentRequest(intent=intent("TalkIntent", message="pizza")))
        can = answer.response.can_fulfill_intent
        self.assertEqual(can.can_fulfill, CanFulfillIntentValues.YES)
        self.assertIsNotNone(can.slots["message"].can_understand)

    def test_refusals(self):
        body = envelope(LaunchRequest(request_id="1"), {})
        now = datetime.datetime.now(datetime.timezone.utc)
        old = envelope(
            LaunchRequest(request_id="1"), {}, now - datetime.timedelta(seconds=200))
        forged = base64.b64encode(bytes(256)).decode()
        for name, answer in [
            ("a forged signature", self.post(body, **{"Signature-256": forged})),
            ("another host's certificate",
             self.post(body, SignatureCertChainUrl="https://evil.test/echo.api/cert.pem")),
            ("an old request", self.post(old)),
            ("another skill's", self.post(body.replace(SKILL.encode(), b"amzn1.ask.skill.2"))),
        ]:
            with self.subTest(name):
                self.assertEqual(answer[0], 400)


if __name__ == "__main__":
    unittest.main()
