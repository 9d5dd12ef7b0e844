"""LangChain's model for OpenAI's dialect."""

import unittest

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI, OpenAI

from serving import Server


class LangChainTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.options = {"base_url": cls.server.url + "/v1", "api_key": "any", "temperature": 0,
                       "max_retries": 0}

    @classmethod
    def tearDownClass(cls):
        cls.server.end()

    def test_chat(self):
        model = ChatOpenAI(model="chatbot", max_tokens=20, **self.options)
        reply = model.invoke([
            SystemMessage("Be brief."), HumanMessage("Hello?"), AIMessage("Hi."),
            HumanMessage("Are you coming home?")])
        self.assertTrue(reply.content.strip())
        self.assertGreater(reply.usage_metadata["output_tokens"], 0)

    def test_stream(self):
        model = ChatOpenAI(model="chatbot", max_tokens=20, **self.options)
        whole = model.invoke("Are you coming home?").content
        self.assertEqual(
            "".join(piece.content for piece in model.stream("Are you coming home?")), whole)

    def test_completion(self):
        model = OpenAI(model="general", max_tokens=12, **self.options)
        self.assertTrue(model.invoke("How big is the earth?\n").strip())


if __name__ == "__main__":
    unittest.main()
