"""Ollama's official client, unmodified, with the requests of Home Assistant's integration."""

import unittest

import ollama

from serving import Server

HELLO = [{"role": "user", "content": "Are you coming home?"}]


class OllamaTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.client = ollama.Client(host=cls.server.url)

    @classmethod
    def tearDownClass(cls):
        cls.server.end()

    def test_models(self):
        names = [model.model for model in self.client.list().models]
        self.assertEqual([name.removesuffix(":latest") for name in names], ["general", "chatbot", "text"])
        self.client.generate(model="chatbot")
        self.assertIn(
            "chatbot", [model.model.removesuffix(":latest") for model in self.client.ps().models])
        self.assertTrue(self.client.show("chatbot").details)

    def test_chat(self):
        reply = self.client.chat(
            model="chatbot", messages=HELLO, options={"temperature": 0, "num_predict": 20})
        self.assertTrue(reply.message.content.strip())
        self.assertTrue(reply.done)
        self.assertGreater(reply.eval_count, 0)

    def test_chat_stream_is_the_same_text(self):
        options = {"temperature": 0, "num_predict": 20}
        whole = self.client.chat(model="chatbot", messages=HELLO, options=options)
        pieces = list(
            self.client.chat(model="chatbot", messages=HELLO, options=options, stream=True))
        self.assertEqual(
            "".join(piece.message.content for piece in pieces), whole.message.content)
        self.assertEqual([piece.done for piece in pieces], [False] * (len(pieces) - 1) + [True])

    def test_generate(self):
        reply = self.client.generate(
            model="general", prompt="How big is the earth?\n", raw=True,
            options={"temperature": 0, "num_predict": 10})
        self.assertTrue(reply.response.strip())

    def test_as_home_assistant_asks(self):
        """A long instruction, tools that are not used, a context that is not ours, seconds to keep."""
        messages = [{"role": "system", "content": "You are a voice assistant. " * 300}, *HELLO]
        pieces = list(self.client.chat(
            model="chatbot:latest", messages=messages, stream=True, keep_alive="300s", tools=None,
            options={"num_ctx": 8192}))
        self.assertTrue("".join(piece.message.content for piece in pieces).strip())

    def test_load_and_unload(self):
        self.assertEqual(self.client.generate(model="general").done_reason, "load")
        self.assertEqual(self.client.generate(model="general", keep_alive=0).done_reason, "unload")

    def test_errors(self):
        for ask in (lambda: self.client.chat(model="nobody", messages=HELLO),
                    lambda: self.client.pull("llama3")):
            with self.assertRaises(ollama.ResponseError) as caught:
                ask()
            self.assertEqual(caught.exception.status_code, 404)


if __name__ == "__main__":
    unittest.main()
