"""Firefox by WebDriver BiDi, which it speaks itself: JSON over a socket, no driver between."""

import itertools
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import websocket

NAMES = ("firefox-esr", "firefox")


def missing() -> str:
    """What is not installed; empty when all is there."""
    return "" if program() else "Firefox (Debian: firefox-esr)"


def program() -> str:
    """Firefox's path, empty when there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


class Firefox:
    """One window. `evaluate` runs the body of a function and gives what it returns."""

    name = "Firefox"

    def __init__(self, folder: Path):
        profile = folder / "profile"
        profile.mkdir(parents=True, exist_ok=True)
        said = folder / "firefox.log"
        line = [program(), "--headless", "--no-remote", "--profile", str(profile)]
        line += ["--remote-debugging-port", "0", "--width", "1150", "--height", "950"]
        with said.open("w") as log:
            env = os.environ | {"HOME": str(folder), "MOZ_DISABLE_CONTENT_SANDBOX": "1"}
            self._process = subprocess.Popen(line, stdout=log, stderr=log, env=env)
        self._socket = websocket.create_connection(
            f"{address(said, self._process)}/session", timeout=120, suppress_origin=True
        )
        self._ids = itertools.count(1)
        made = self._say("session.new", {"capabilities": {}})
        self.version = made["capabilities"]["browserVersion"]
        self._top = self._say("browsingContext.getTree", {})["contexts"][0]["context"]
        size = {"width": 1150, "height": 900}
        self._say("browsingContext.setViewport", {"context": self._top, "viewport": size})

    def open(self, url: str) -> None:
        """Loads a page and waits for its load event."""
        given = {"context": self._top, "url": url, "wait": "complete"}
        self._say("browsingContext.navigate", given)

    def evaluate(self, body: str, embed: int | None = None) -> Any:
        """In the page, or in the frame of its `embed`-th element (from 0)."""
        where = self._top if embed is None else self._frame(embed)
        given = {
            # JSON, because BiDi has a form of its own for every kind of value.
            "functionDeclaration": f"() => JSON.stringify((() => {{ {body} }})() ?? null)",
            "awaitPromise": True,
            "target": {"context": where},
        }
        found = self._say("script.callFunction", given)
        if found["type"] == "exception":
            raise RuntimeError(f"Firefox: {found['exceptionDetails']['text']}")
        return json.loads(found["result"]["value"])

    def close(self) -> None:
        """Ends the browser."""
        self._socket.close()
        self._process.terminate()
        self._process.wait()

    def _frame(self, embed: int) -> str:
        asked = f"return document.querySelectorAll('autograd-playground iframe')[{embed}].src"
        source = self.evaluate(asked)
        tree = self._say("browsingContext.getTree", {"root": self._top})["contexts"][0]
        return next(one["context"] for one in tree["children"] if one["url"] == source)

    def _say(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") != number:
                continue  # news of the browser
            if answer["type"] == "error":
                raise RuntimeError(f"Firefox: {method}: {answer['message']}")
            return answer["result"]


def address(log: Path, process: subprocess.Popen) -> str:
    """Where it listens, which it writes when it has started."""
    for _ in range(600):
        found = re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text("utf-8"))
        if found:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"Firefox did not start: {log.read_text('utf-8')[-500:]}")
