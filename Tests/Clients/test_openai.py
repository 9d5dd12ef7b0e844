"""OpenAI's official client, unmodified."""

import unittest

import openai

from serving import Server

KEY = "a-key-for-the-clients-01"
HELLO = [{"role": "user", "content": "Are you coming home?"}]


class OpenAITests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(api_keys=[KEY])
        cls.client = openai.OpenAI(base_url=cls.server.url + "/v1", api_key=KEY, max_retries=0)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.end()

    def test_models(self):
        self.assertEqual([model.id for model in self.client.models.list()], ["general", "chatbot", "text"])
        self.assertEqual(self.client.models.retrieve("chatbot").id, "chatbot")

    # MARK: completions

    def complete(self, prompt="How big is the earth?\n", model="text", **options):
        return self.client.completions.create(model=model, prompt=prompt, **options)

    def test_completion(self):
        reply = self.complete(max_tokens=12, temperature=0, model="general")
        self.assertTrue(reply.choices[0].text.strip())
        self.assertIn(reply.choices[0].finish_reason, ("stop", "length"))
        self.assertEqual(reply.usage.total_tokens,
                         reply.usage.prompt_tokens + reply.usage.completion_tokens)
        self.assertEqual(reply.object, "text_completion")

    def test_completion_stream_is_the_same_text(self):
        whole = self.complete(max_tokens=12, temperature=0).choices[0].text
        chunks = list(self.complete(max_tokens=12, temperature=0, stream=True,
                                    stream_options={"include_usage": True}))
        self.assertEqual("".join(c.choices[0].text for c in chunks if c.choices), whole)
        self.assertGreater(chunks[-1].usage.completion_tokens, 0)

    def test_choices_and_seed(self):
        def texts(**options):
            reply = self.complete(n=3, max_tokens=8, temperature=1, **options)
            return [choice.text for choice in reply.choices]

        self.assertEqual(texts(seed=7), texts(seed=7))
        self.assertGreater(len(set(texts(seed=7))), 1)
        self.assertNotEqual(texts(seed=7), texts(seed=8))

    def test_best_of(self):
        reply = self.complete(n=1, best_of=3, max_tokens=6, temperature=1, seed=1)
        self.assertEqual(len(reply.choices), 1)

    def test_stop(self):
        whole = self.complete(max_tokens=30, temperature=0).choices[0].text
        mark = whole[4:7]
        cut = self.complete(max_tokens=30, temperature=0, stop=mark).choices[0]
        self.assertEqual(cut.text, whole[:whole.index(mark)])
        self.assertEqual(cut.finish_reason, "stop")

    def test_echo_and_logprobs(self):
        reply = self.complete("How big", max_tokens=3, temperature=0, echo=True, logprobs=2)
        choice = reply.choices[0]
        self.assertTrue(choice.text.startswith("How big"))
        scores = choice.logprobs
        self.assertEqual("".join(scores.tokens), choice.text)
        self.assertIsNone(scores.token_logprobs[0])
        self.assertTrue(all(score <= 0 for score in scores.token_logprobs[1:]))
        self.assertTrue(all(len(top) in (2, 3) for top in scores.top_logprobs[1:]))

    def test_scores_alone(self):
        reply = self.complete("How big is", max_tokens=0, echo=True, logprobs=0)
        self.assertEqual(reply.choices[0].text, "How big is")
        self.assertEqual(reply.usage.completion_tokens, 0)

    def test_token_ids(self):
        # Ids of the demo model's own vocabulary: what the text is made of is the same reply.
        ids = self.client.completions.create(model="general", prompt=[10, 20, 30], max_tokens=2)
        self.assertEqual(ids.usage.prompt_tokens, 3)
        several = self.client.completions.create(
            model="text", prompt=["How", [10, 20]], max_tokens=2)
        self.assertEqual([choice.index for choice in several.choices], [0, 1])

    def test_logit_bias(self):
        reply = self.complete(max_tokens=4, temperature=0, logit_bias={"17": 100}, logprobs=0)
        self.assertEqual(len(set(reply.choices[0].logprobs.tokens)), 1)

    def test_penalties(self):
        plain = self.complete("the the the the", max_tokens=20, temperature=0).choices[0].text
        other = self.complete("the the the the", max_tokens=20, temperature=0,
                              presence_penalty=2, frequency_penalty=2).choices[0].text
        self.assertNotEqual(plain, other)

    # MARK: chats

    def chat(self, messages=HELLO, **options):
        return self.client.chat.completions.create(model="chatbot", messages=messages, **options)

    def test_chat(self):
        reply = self.chat(temperature=0, max_completion_tokens=20)
        message = reply.choices[0].message
        self.assertEqual(message.role, "assistant")
        self.assertTrue(message.content.strip())
        self.assertNotIn("|", message.content)
        self.assertNotIn("<EOM>", message.content)

    def test_chat_stream(self):
        whole = self.chat(temperature=0, max_tokens=20).choices[0].message.content
        chunks = list(self.chat(temperature=0, max_tokens=20, stream=True,
                                stream_options={"include_usage": True}))
        self.assertEqual(chunks[0].choices[0].delta.role, "assistant")
        self.assertEqual(
            "".join(c.choices[0].delta.content or "" for c in chunks if c.choices), whole)
        self.assertEqual(chunks[-1].choices, [])
        self.assertGreater(chunks[-1].usage.total_tokens, 0)
        self.assertEqual(len({chunk.id for chunk in chunks}), 1)

    def test_chat_choices_and_logprobs(self):
        reply = self.chat(n=2, logprobs=True, top_logprobs=3, max_tokens=5, seed=3)
        self.assertEqual(len(reply.choices), 2)
        for choice in reply.choices:
            for token in choice.logprobs.content:
                self.assertLessEqual(token.logprob, 0)
                self.assertEqual(len(token.top_logprobs), 3)

    def test_conversation(self):
        reply = self.chat([
            {"role": "system", "content": "Be brief."}, *HELLO,
            {"role": "assistant", "content": "Soon."},
            {"role": "user", "content": [{"type": "text", "text": "When?"}]}], max_tokens=10)
        self.assertTrue(reply.choices[0].message.content)

    # MARK: responses

    def test_response(self):
        reply = self.client.responses.create(
            model="chatbot", input="Are you coming home?", max_output_tokens=60, temperature=0)
        self.assertTrue(reply.output_text.strip())
        self.assertEqual(reply.status, "completed")
        same = self.chat(temperature=0, max_tokens=60).choices[0].message.content
        self.assertEqual(reply.output_text, same)

    def test_response_stream(self):
        pieces, kinds, final = [], [], None
        for event in self.client.responses.create(
                model="chatbot", input=HELLO, max_output_tokens=60, temperature=0, stream=True):
            kinds.append(event.type)
            if event.type == "response.output_text.delta":
                pieces.append(event.delta)
            elif event.type == "response.completed":
                final = event.response
        self.assertEqual("".join(pieces), final.output_text)
        self.assertEqual((kinds[0], kinds[-1]), ("response.created", "response.completed"))

    # MARK: errors

    def test_errors_are_of_their_kind(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            self.client.completions.create(model="nobody", prompt="a")
        self.assertEqual(caught.exception.code, "model_not_found")
        with self.assertRaises(openai.BadRequestError) as caught:
            self.complete(temperature=9)
        self.assertEqual(caught.exception.param, "temperature")
        with self.assertRaises(openai.BadRequestError) as caught:
            self.complete("a " * 3000, max_tokens=5)
        self.assertEqual(caught.exception.code, "context_length_exceeded")
        with self.assertRaises(openai.AuthenticationError):
            self.client.with_options(api_key="wrong").models.list()
        self.assertTrue(caught.exception.request_id)

    def test_retries(self):
        """A client that asks too often waits for as long as it is told, and is then served."""
        with Server(api_keys=[{"id": "slow", "sha256": SLOW_HASH, "rps": 1}]) as server:
            with openai.OpenAI(base_url=server.url + "/v1", api_key=SLOW, max_retries=3) as client:
                for _ in range(3):
                    client.models.list()
                with self.assertRaises(openai.RateLimitError):
                    for _ in range(3):
                        client.with_options(max_retries=0).models.list()


SLOW = "a-key-that-may-ask-slowly"
SLOW_HASH = "4123fd3d2a0409f025e698aeacff2b92cba9c04a345f71831b8aeb1a107e51d8"

if __name__ == "__main__":
    unittest.main()
