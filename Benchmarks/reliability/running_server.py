"""A server that runs while a script tries it. Linux only: it reads /proc."""

import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time


class RunningServer:
    """Starts the server with a configuration in `folder`, and waits until it is ready.

    `program` is its path, or a command that starts it. What it logs is kept in `folder`/server.log,
    and the configuration in `folder`/server_config.json.
    """

    def __init__(self, program, folder, configuration, environment=None):
        self.folder = pathlib.Path(folder)
        self.configuration_path = self.folder / "server_config.json"
        self.log_path = self.folder / "server.log"
        self.configuration_path.write_text(json.dumps({"port": 0} | configuration))
        command = [program] if isinstance(program, str) else program
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--config_path", str(self.configuration_path)],
                stdout=subprocess.PIPE, stderr=log, text=True,
                env=os.environ | {"SWIFT_BACKTRACE": "enable=no"} | (environment or {}))
        for line in self.process.stdout:
            ready = re.search(r"Ready on http://([\d.]+):(\d+)", line)
            if ready:
                self.address = ready[1], int(ready[2])
                # What else it prints is read, so that it never waits for us.
                self.reader = threading.Thread(target=self.read_on, daemon=True)
                self.reader.start()
                return
        sys.exit("the server ended before it was ready:\n" + self.log_path.read_text())

    def read_on(self):
        with self.process.stdout as output:
            output.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def post(self, path, body, headers=None):
        """The status and the bytes of the reply. `body` is sent as JSON, bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection(*self.address, timeout=120)
        try:
            connection.request("POST", path, content,
                               {"Content-Type": "application/json"} | (headers or {}))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    @property
    def is_running(self):
        return self.process.poll() is None

    def state(self):
        """Resident bytes, open files and threads."""
        folder = pathlib.Path(f"/proc/{self.process.pid}")
        status = (folder / "status").read_text()
        resident = int(re.search(r"VmRSS:\s*(\d+)", status)[1]) * 1024
        return resident, len(list((folder / "fd").iterdir())), len(list((folder / "task").iterdir()))

    def peak(self):
        """The most that was ever resident, in bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) * 1024

    def processor_seconds(self):
        """What all its threads have computed so far. The clock is the kernel's for one process."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def end(self):
        """Asks it to stop and waits for it; its exit status."""
        if self.is_running:
            self.process.terminate()
        status = self.process.wait(60)
        self.reader.join()
        return status
