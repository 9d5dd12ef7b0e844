"""Plays Amazon SageMaker: a container of many models, loaded until there is no room, asked, and stopped."""

import http.client
import json
import pathlib
import shutil
import signal
import socket
import tempfile
import unittest

from serving import PROGRAM, ROOT, RunningServer

PROMPT = {"raw_text": "The ", "length": 4, "temperature": 0}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class SageMakerTests(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.port = free_port()
        # As the platform starts a container, with memory for a few models and folders of this test's.
        self.server = RunningServer(
            [PROGRAM, "serve", "--host", "127.0.0.1"], self.folder,
            {"models": [], "memory_limit": "1MB", "model_roots": [str(self.folder)], "cache_dir": ""},
            {"SAGEMAKER_MULTI_MODEL": "true", "SAGEMAKER_BIND_TO_PORT": str(self.port)})
        self.addCleanup(self.server.end)

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(*self.server.address, timeout=120)
        try:
            content = None if body is None else json.dumps(body)
            headers = {"Content-Type": "application/json"} | {
                name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, json.loads(text) if text.startswith("{") else text
        finally:
            connection.close()

    def load(self, name, fixture="red"):
        folder = self.folder / "models" / name / "model"
        if not folder.exists():
            shutil.copytree(ROOT / "Tests/Fixtures/models" / fixture, folder)
        return self.ask("POST", "/models", {"model_name": name, "url": str(folder)})[0]

    def loaded(self):
        return [model["modelName"] for model in self.ask("GET", "/models")[1]["models"]]

    def test_models_come_and_go(self):
        self.assertEqual(self.server.address[1], self.port)
        self.assertEqual(self.ask("GET", "/ping")[0], 200)
        self.assertEqual(self.loaded(), [])
        names = []
        while (status := self.load(f"model-{len(names)}")) == 200:
            names.append(f"model-{len(names)}")
            self.assertLess(len(names), 20)
        self.assertEqual(status, 507)
        self.assertGreaterEqual(len(names), 2)
        self.assertEqual(self.loaded(), names)
        # No room: the platform unloads one, and tries again.
        self.assertEqual(self.ask("DELETE", "/models/model-0")[0], 200)
        self.assertEqual(self.ask("DELETE", "/models/model-0")[0], 404)
        self.assertEqual(self.load("another", "blue"), 200)
        self.assertEqual(self.load("another", "blue"), 409)
        self.assertEqual(self.ask("GET", "/models/another")[1], {
            "modelName": "another", "modelUrl": str(self.folder / "models/another/model")})
        status, text = self.ask(
            "POST", "/models/another/invoke", PROMPT,
            X_Amzn_SageMaker_Target_Model="families/another.tar.gz")
        self.assertEqual(status, 200)
        self.assertEqual(self.ask(
            "POST", "/invocations", PROMPT, X_Amzn_SageMaker_Target_Model="another"), (200, text))
        self.assertNotEqual(self.ask("POST", "/models/model-1/invoke", PROMPT)[1], text)
        self.assertEqual(self.ask("POST", "/models/model-0/invoke", PROMPT)[0], 404)

    def test_what_is_being_said_is_finished(self):
        self.assertEqual(self.load("one"), 200)
        connection = http.client.HTTPConnection(*self.server.address, timeout=120)
        self.addCleanup(connection.close)
        connection.request("POST", "/models/one/invoke", json.dumps(
            PROMPT | {"length": 60, "stream": True, "format": "json"}),
            {"Content-Type": "application/json"})
        answer = connection.getresponse()
        beginning = answer.readline()
        self.server.process.send_signal(signal.SIGTERM)
        self.assertIn(b"[DONE]", beginning + answer.read())
        self.assertEqual(self.server.process.wait(60), 0)


if __name__ == "__main__":
    unittest.main()
