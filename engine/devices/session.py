"""One client's session: frames in strict order, each run once, the last replies kept. No IO.

A frame that comes again (its reply was lost) gets the same bytes and runs nothing. What breaks the
order raises `Refusal` with the code that the protocol gives it: the session stays as it was.
"""

from collections import OrderedDict
from dataclasses import dataclass

from ..program import FrameError, decode
from ..program import checksum as checksum_of
from ..reply import encode_reply
from .executor import Executor

__all__ = ["Kept", "Refusal", "Session", "refused"]


class Refusal(Exception):
    """A frame out of order. `status` is HTTP's number; `expected` the next sequence number."""

    def __init__(self, status: int, code: str, text: str, expected: int):
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Kept:
    """How many replies are kept for repeated frames."""

    replies: int = 32
    reply_bytes: int = 8 << 20  # of them together; the newest stays, whatever its size, until the
    # next frame comes: who sends that has it


class Session:
    """Frames of one client, answered. The first has sequence number 1."""

    def __init__(self, executor: Executor, kept: Kept | None = None):
        self.executor = executor
        self.expected = 1
        self._kept = kept or Kept()
        self._replies: OrderedDict[int, tuple[int, bytes]] = OrderedDict()  # seq: checksum, reply
        self._held = 0  # bytes of them

    def answer(self, frame: bytes) -> bytes:
        """The reply to a frame. Raises `FrameError` for one that is malformed or breaks a rule of
        programs (its number may be sent again, put right), and `Refusal` for one out of order."""
        program = decode(frame, self.executor.limits.frame)
        if program.seq < self.expected:
            return self._again(program.seq, checksum_of(frame))
        if program.seq > self.expected:
            raise Refusal(
                409,
                "GAP",
                f"frame {program.seq} came, frame {self.expected} is next",
                self.expected,
            )
        self._shrink(0)
        reply = encode_reply(self.executor.run(program))
        self.expected += 1
        self._keep(program.seq, checksum_of(frame), reply)
        return reply

    def _again(self, seq: int, checksum: int) -> bytes:
        if seq not in self._replies:
            raise Refusal(410, "GONE", f"frame {seq} is too long ago", self.expected)
        was, reply = self._replies[seq]
        if was != checksum:
            raise Refusal(
                422, "CONFLICT", f"frame {seq} came before with other content", self.expected
            )
        return reply

    def _keep(self, seq: int, checksum: int, reply: bytes) -> None:
        self._replies[seq] = checksum, reply
        self.executor.ledger.beside += len(reply)
        self._held += len(reply)
        self._shrink(1)

    def _shrink(self, least: int) -> None:
        """Forgets the oldest replies until there are few enough of them, or `least`."""
        while len(self._replies) > least and (
            len(self._replies) > self._kept.replies or self._held > self._kept.reply_bytes
        ):
            _, (_, gone) = self._replies.popitem(last=False)
            self._held -= len(gone)
            self.executor.ledger.beside -= len(gone)


def refused(problem: Exception) -> tuple[int, str, str]:
    """HTTP's number, code and text for what `answer` raised."""
    if isinstance(problem, Refusal):
        return problem.status, problem.code, problem.text
    assert isinstance(problem, FrameError), problem
    too_much = problem.code.startswith("QUOTA")
    return 413 if too_much else 400, problem.code, problem.text
