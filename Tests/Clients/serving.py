"""A server with the demo models and one for texts, for the clients to ask.

The program is named by DIXIE_SERVER, and is .build/debug/server otherwise.
"""

import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Benchmarks" / "reliability"))

from running_server import RunningServer  # noqa: E402

PROGRAM = os.environ.get("DIXIE_SERVER", str(ROOT / ".build" / "debug" / "server"))
MODELS = [
    {"key": "general", "model_name": str(ROOT / "Examples/models/general"), "sanitizer": "chatbot",
     "generation": {"length": 60, "temperature": 0, "penalize": 0, "stop": ["\n\n"]}},
    {"key": "chatbot", "model_name": str(ROOT / "Examples/models/chatbot"), "sanitizer": "chatbot",
     "persona": {"side": 0, "audience": "mom"}, "names": ["mom", "dad", "sam"],
     "generation": {"length": 60, "temperature": 0.3, "top_p": 0.9, "penalize": 0}},
    # Its text is what the model says to the letter, and no two replies are alike.
    {"key": "text", "model_name": str(ROOT / "Tests/Fixtures/models/red"), "sanitizer": "none",
     "generation": {"length": 16, "temperature": 1, "penalize": 0}},
]


class Server(RunningServer):
    """Serves the models from a folder of its own."""

    def __init__(self, models=MODELS, environment=None, **settings):
        self.temporary = tempfile.TemporaryDirectory()
        super().__init__(PROGRAM, self.temporary.name,
                         {"models": models, "cache_dir": "", **settings}, environment)

    @property
    def url(self):
        return "http://%s:%d" % self.address

    def end(self):
        status = super().end()
        self.temporary.cleanup()
        return status
