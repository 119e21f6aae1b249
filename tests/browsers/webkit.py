"""WebKit (Debian's WebKitGTK) by the W3C's WebDriver, which is JSON over HTTP."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PLACES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/libexec")


def missing() -> str:
    """What is not installed; empty when all is there."""
    if not shutil.which("WebKitWebDriver"):
        return "WebKitWebDriver (Debian: webkit2gtk-driver)"
    if not mini_browser():
        return "WebKit's MiniBrowser (Debian: webkit2gtk-driver)"
    return "" if shutil.which("Xvfb") else "Xvfb (Debian: xvfb)"


def mini_browser() -> str:
    """The browser that the driver drives."""
    found = [path for place in PLACES for path in Path(place).glob("webkit2gtk-4.*/MiniBrowser")]
    return str(sorted(found)[-1]) if found else ""


class WebKit:
    """One window. `evaluate` runs the body of a function and gives what it returns."""

    name = "WebKit"

    def __init__(self, folder: Path):
        self._screen, display = screen()
        env = os.environ | {"DISPLAY": display, "HOME": str(folder)}
        port = free()
        with (folder / "webkit.log").open("w") as log:
            line = ["WebKitWebDriver", f"--port={port}"]
            self._driver = subprocess.Popen(line, env=env, stdout=log, stderr=log)
        self._base = f"http://127.0.0.1:{port}"
        options = {"binary": mini_browser(), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        made = self._patiently("POST", "/session", wanted)
        self._base += f"/session/{made['sessionId']}"
        self.version = made["capabilities"].get("browserVersion", "")
        self._say("POST", "/timeouts", {"script": 60_000, "pageLoad": 60_000})
        self._say("POST", "/window/rect", {"width": 1150, "height": 950})

    def open(self, url: str) -> None:
        """Loads a page and waits for its load event."""
        self._say("POST", "/url", {"url": url})

    def evaluate(self, body: str, embed: int | None = None) -> Any:
        """In the page, or in the frame of its `embed`-th element (from 0)."""
        if embed is None:
            return self._say("POST", "/execute/sync", {"script": body, "args": []})
        using = {"using": "css selector", "value": "autograd-playground iframe"}
        frames = self._say("POST", "/elements", using)
        self._say("POST", "/frame", {"id": {ELEMENT: frames[embed][ELEMENT]}})
        try:
            return self._say("POST", "/execute/sync", {"script": body, "args": []})
        finally:
            self._say("POST", "/frame", {"id": None})

    def close(self) -> None:
        """Ends browser, driver and screen."""
        try:
            self._say("DELETE", "")
        except (OSError, RuntimeError):
            pass  # it ended already
        for process in (self._driver, self._screen):
            process.terminate()
            process.wait()

    def _patiently(self, method: str, path: str, data: Any) -> Any:
        """The driver needs a moment before it listens."""
        for _ in range(100):
            try:
                return self._say(method, path, data)
            except urllib.error.URLError:
                time.sleep(0.1)
        raise RuntimeError("WebKitWebDriver does not answer")

    def _say(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        head = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._base + path, body, head, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"WebKit: {error.read().decode()[:500]}") from None


def free() -> int:
    """A port that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def screen() -> tuple[subprocess.Popen, str]:
    """A screen in memory, and its name."""
    read, write = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        return process, f":{told.readline().strip()}"
