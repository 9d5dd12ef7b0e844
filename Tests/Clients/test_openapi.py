"""Schemathesis asks everything that docs/openapi.json describes, and looks for an answer that it does not."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

from serving import ROOT, Server

# One key for everything, so that what a missing one comes to is tried too.
KEY = "a-key-for-the-description-01"
LEAST = 2000


class OpenAPITests(unittest.TestCase):
    def test_no_answer_is_undescribed(self):
        with tempfile.TemporaryDirectory() as folder, Server(
                api_keys=[KEY],
                alexa={"skill_id": "amzn1.ask.skill.none"}) as server:
            run = subprocess.run(
                [str(pathlib.Path(sys.executable).with_name("schemathesis")),
                 "--config-file", str(ROOT / "Tests/Clients/schemathesis.toml"),
                 "run", str(ROOT / "docs/openapi.json"), "--url", server.url,
                 "--header", f"Authorization: Bearer {KEY}"],
                capture_output=True, text=True, timeout=1200, cwd=folder)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertTrue(server.is_running)
            log = server.log_path.read_text()
            answered = log.count("] answered\n")
            self.assertGreaterEqual(answered, LEAST, run.stdout[-2000:])
            self.assertNotIn(" status=500", log)


if __name__ == "__main__":
    unittest.main()
