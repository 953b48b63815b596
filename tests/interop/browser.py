"""Debian's Chromium without a screen, driven over a pipe by the DevTools protocol: JSON messages, a NUL after each.

with Browser(tmp_path) as browser:
    browser.show(page.as_uri(), scheme="dark", width=400)
    title = browser.evaluate("document.title")
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any

TIMEOUT = 120  # seconds for one answer; the first page may take some on a busy machine
OPTIONS = [
    "--headless",
    "--no-sandbox",  # which can't be had as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--remote-debugging-pipe",
]


class Browser:
    """One tab. `folder` takes the browser's own files. `events` are the protocol's since the last page was opened."""

    def __init__(self, folder: Path) -> None:
        self.events: list[dict[str, Any]] = []
        their_input, self._output = os.pipe()
        self._input, their_output = os.pipe()
        command = ["chromium", *OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
        # The protocol has the descriptors 3 and 4.
        script = f'exec "$@" 3<&{their_input} 4>&{their_output}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", *command],
            pass_fds=(their_input, their_output),
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(their_input)
        os.close(their_output)
        self._received = b""
        self._sent = 0
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._output)  # which ends it
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._input)

    def show(self, url: str, *, scheme: str = "light", width: int = 1280) -> None:
        """Open a page in the colour scheme `light` or `dark`, `width` CSS pixels wide; a narrow window is a phone's."""
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        self.events.clear()
        answer = self._call("Page.navigate", url=url)
        assert "errorText" not in answer, f"{url}: {answer['errorText']}"
        while self._receive().get("method") != "Page.loadEventFired":
            pass

    def complaints(self) -> list[str]:
        """What the console has of errors, exceptions and refusals."""
        self.evaluate("new Promise(done => setTimeout(done, 50))")
        kinds = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        return [json.dumps(event["params"]) for event in self.events if event["method"] in kinds]

    def requests(self) -> list[str]:
        """The addresses that the page asked for, itself first."""
        asked = [
            event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in asked if not url.startswith("data:")]

    def run_scripts(self, *, are_run: bool) -> None:
        """Whether pages that are opened from now on may run scripts."""
        self._call("Emulation.setScriptExecutionDisabled", value=not are_run)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression that JSON can hold."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._output, json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != self._sent:
            pass
        assert "result" in answer, f"{method}: {answer}"
        return answer["result"]

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + TIMEOUT
        while b"\0" not in self._received:
            ready, _, _ = select.select([self._input], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"Chromium said nothing in {TIMEOUT} s"
            piece = os.read(self._input, 1 << 16)
            assert piece, f"Chromium ended with {self._process.wait()}"
            self._received += piece
        text, _, self._received = self._received.partition(b"\0")
        message = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message
