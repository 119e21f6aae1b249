"""A session on a server: opened, its frames sent until they are answered, closed.

The network is a function `send(method, path, body, headers)` that gives `(status, headers, body)`
and raises `OSError` when nothing came back; `http.py` and `xhr.py` have one each. A frame that got
no answer is sent again as it is: the server answers a number only once (`devices/session.py`).
"""

import json
import random
import time
from collections.abc import Callable

from ...program import FrameError, Spec
from ..opset import opset
from ..tensors import Tensors
from .chunks import Refused
from .queue import DeviceLost

__all__ = ["Link", "LinkError", "local"]

#: Seconds after which a server that does not answer, or is too busy all the time, counts as lost.
PATIENCE = 30.0
#: What a proxy says while the server behind it is away for a moment.
AWAY = (502, 503, 504)
BUSY = (409, 429)
AGAIN = " Press Run to start again: the arrays on the server are gone."

#: Why an array is refused that is too large for what is left.
ROOM = ("QUOTA_BYTES", "QUOTA_OPS", "OOM")

Send = Callable[[str, str, bytes | None, dict], tuple[int, dict, bytes]]


class LinkError(DeviceLost):
    """The server refused a frame or a session; `code` is its word for why."""

    def __init__(self, code: str, text: str):
        super().__init__(text)
        self.code = code


class Link:
    """One session on a server: opened with a token, or joined when somebody else opened it."""

    def __init__(
        self, send: Send, token: str | None = None, *, sleep=time.sleep, now=time.monotonic
    ):
        self._begin(send, PATIENCE, sleep, now)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        told = self._until_answered("POST", "/api/v1/sessions", b"", headers)
        try:
            said = json.loads(told)
            self._enter(said["sid"], said.get("limits", {}))
            theirs = said.get("opset", opset())
        except (ValueError, KeyError, TypeError, AttributeError):
            raise LinkError("PROTOCOL", "the server did not open a session as it should") from None
        self._owned = True
        self._compare(theirs)

    @classmethod
    def joined(
        cls,
        send: Send,
        sid: str,
        theirs: str,
        limits: dict | None = None,
        *,
        patience: float = PATIENCE,
        sleep=time.sleep,
        now=time.monotonic,
    ) -> "Link":
        """The link to a session that somebody else has opened, and will end: in the page, user code
        never has the token. `theirs` is the server's hash of the operations; a server that is not
        there for `patience` seconds counts as lost."""
        link = cls.__new__(cls)
        link._begin(send, patience, sleep, now)
        link._enter(sid, limits or {})
        link._compare(theirs)
        return link

    def _begin(self, send, patience, sleep, now):
        self._send, self._sleep, self._now = send, sleep, now
        self._patience = patience  # with a server that is not there; a busy one gets PATIENCE
        self._path: str | None = None
        self._owned = False

    def _enter(self, sid, limits):
        self.limits = limits
        self._path = f"/api/v1/sessions/{sid}"

    def _compare(self, theirs):
        if theirs != opset():
            self.close()
            raise LinkError(
                "VERSION",
                "the server runs another version of the playground, whose operations differ. "
                "Reload the page; or install the server's version",
            )

    def exchange(self, frame: bytes) -> bytes:
        """The reply to a frame. Raises `DeviceLost` when there will be none."""
        self._check_open()
        kind = {"Content-Type": "application/octet-stream"}
        return self._until_answered("POST", f"{self._path}/programs", frame, kind)

    def put_chunk(self, handle: int, spec: Spec, start: int, total: int, chunk: bytes) -> None:
        """Sends a part of an array that no frame can hold. Raises `Refused` where the server has
        no room for it, `DeviceLost`."""
        self._check_open()
        path = self._path
        where = f"{path}/tensors/{handle}?dtype={spec.dtype}&shape={','.join(map(str, spec.shape))}"
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {start}-{start + len(chunk) - 1}/{total}",
        }
        try:
            self._until_answered("PUT", where, chunk, headers)
        except LinkError as problem:
            if problem.code not in ROOM:
                raise
            self._path = path  # nothing there is lost
            raise Refused(str(problem).removesuffix(AGAIN)) from None

    def get_chunk(self, handle: int, start: int, stop: int) -> bytes:
        """A part of an array, from byte `start` to before byte `stop`. Raises `DeviceLost`."""
        self._check_open()
        headers = {"Range": f"bytes={start}-{stop - 1}"}
        return self._until_answered("GET", f"{self._path}/tensors/{handle}", None, headers)

    def _check_open(self):
        if self._path is None:
            raise DeviceLost("the session on the server is closed." + AGAIN)

    def close(self) -> None:
        """Ends the session, where it was opened here; a server that does not hear of it will find
        out by itself."""
        path, self._path = self._path, None
        if path is not None and self._owned:
            try:
                self._send("DELETE", path, None, {})
            except OSError:
                pass

    def _until_answered(self, method, path, body, headers) -> bytes:
        began, pause = self._now(), 0.05
        while True:
            try:
                status, given, reply = self._send(method, path, body, headers)
            except OSError as problem:
                status, given, reply, why = 0, {}, b"", str(problem) or type(problem).__name__
            else:
                why = f"it answered {status}"
            if 200 <= status < 300:
                return reply
            code, detail, waits = _problem(reply)
            busy = status in BUSY and (waits or "retry-after" in _lower(given))
            if status and status not in AWAY and not busy:
                self._path = None
                lost = status in (404, 410)
                text = f"the server refused: {detail or why}."
                raise LinkError("LOST" if lost else code, text + AGAIN)
            pause = _wanted(_lower(given).get("retry-after"), pause)
            if self._now() - began + pause > (PATIENCE if busy else self._patience):
                self._path = None
                raise DeviceLost(f"the server cannot be reached ({why})." + AGAIN)
            self._sleep(pause * (0.5 + random.random() / 2))
            pause = min(pause * 2, 4.0)


def _lower(headers) -> dict:
    return {name.lower(): value for name, value in dict(headers).items()}


def _wanted(said, pause) -> float:
    """The pause that a server asks for, if it says so in seconds."""
    try:
        return max(pause, min(float(said), PATIENCE))
    except (TypeError, ValueError):
        return pause


def _problem(reply: bytes) -> tuple[str, str, bool]:
    """Code and detail of a problem document (RFC 9457), and whether it says to wait."""
    try:
        said = json.loads(reply)
        return (
            str(said.get("code", "HTTP")),
            str(said.get("detail", ""))[:400],
            said.get("code") == "BUSY",
        )
    except (ValueError, AttributeError):
        return "HTTP", "", False


class local:
    """A link to a session of this process, for tests and for showing: no network, no retries."""

    def __init__(self, session):
        self._session = session
        self._tensors = Tensors(session.executor)

    def exchange(self, frame: bytes) -> bytes:
        """The reply to a frame."""
        try:
            return self._session.answer(frame)
        except FrameError as problem:
            raise LinkError(problem.code, f"the device refused: {problem.text}") from None

    def put_chunk(self, handle: int, spec: Spec, start: int, total: int, chunk: bytes) -> None:
        """As `Link.put_chunk`."""
        try:
            self._tensors.put(handle, spec, start, chunk)
        except FrameError as problem:
            raise Refused(f"the device refused: {problem.text}") from None

    def get_chunk(self, handle: int, start: int, stop: int) -> bytes:
        """As `Link.get_chunk`."""
        return self._tensors.get(handle, start, stop)[0]

    def close(self) -> None:
        """Ends nothing."""
