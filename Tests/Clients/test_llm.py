"""The command `llm`, with the server as one of its extra models."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from serving import Server


class LLMTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.folder = tempfile.TemporaryDirectory()
        pathlib.Path(cls.folder.name, "extra-openai-models.yaml").write_text(
            f"- model_id: mom\n  model_name: chatbot\n  api_base: {cls.server.url}/v1\n")

    @classmethod
    def tearDownClass(cls):
        cls.server.end()
        cls.folder.cleanup()

    def ask(self, *arguments):
        command = [str(pathlib.Path(sys.executable).with_name("llm")), "-m", "mom", *arguments]
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=120,
            env=os.environ | {"LLM_USER_PATH": self.folder.name, "OPENAI_API_KEY": "any"})
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def test_stream_and_whole_are_the_same(self):
        options = ["-o", "temperature", "0", "-o", "max_tokens", "20", "Are you coming home?"]
        streamed = self.ask(*options)
        self.assertTrue(streamed.strip())
        self.assertEqual(self.ask("--no-stream", *options), streamed)

    def test_a_conversation_goes_on(self):
        self.ask("-o", "max_tokens", "10", "Hello?")
        self.assertTrue(self.ask("-c", "-o", "max_tokens", "10", "And then?").strip())


if __name__ == "__main__":
    unittest.main()
