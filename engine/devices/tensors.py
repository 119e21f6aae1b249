"""Arrays that are too large for one frame, in chunks: in before they are used, out when read.

Chunks come in order and may come again: what is there already is compared, not written twice.
"""

from ..program import FrameError, Program, Spec, Upload
from .executor import Executor

__all__ = ["Tensors"]


class Tensors:
    """The chunks of one session: one array on its way in. All its bytes count from the first."""

    def __init__(self, executor: Executor):
        self._executor = executor
        self._in: tuple[int, Spec, bytearray] | None = None
        self._last: tuple[int, Spec] | None = None  # the last array that came in whole

    def put(self, handle: int, spec: Spec, start: int, chunk: bytes) -> int:
        """Bytes of array `handle` from `start` on; gives how many there are now. The last one puts
        it in the table. Raises `FrameError`."""
        if self._last == (handle, spec) and start + len(chunk) <= spec.nbytes:
            return spec.nbytes  # the answer to the last chunk was lost
        if self._in is None or self._in[:2] != (handle, spec):
            if start:
                raise FrameError("BAD_FRAME", f"array {handle} begins with byte {start}")
            self._forget()
            self._executor.admit(handle, spec)
            self._in = handle, spec, bytearray()
            self._executor.ledger.beside += spec.nbytes
        came = self._in[2]
        if start > len(came):
            raise FrameError("BAD_FRAME", f"byte {start} came, byte {len(came)} is next")
        if start + len(chunk) > spec.nbytes:
            raise FrameError("BAD_FRAME", f"array {handle} has {spec.nbytes} bytes")
        if start + len(chunk) <= len(came):
            if came[start : start + len(chunk)] != chunk:
                raise FrameError("BAD_FRAME", "bytes came again with other content")
            return len(came)
        came += chunk[len(came) - start :]
        if len(came) == spec.nbytes:
            self._forget()
            upload = Upload(handle, spec.dtype, spec.shape, memoryview(came))
            outcome = self._executor.run(Program(0, (), (upload,), (), ()))
            if outcome.errors:
                raise FrameError(outcome.errors[0].code, outcome.errors[0].text)
            self._last = handle, spec
        return len(came)

    def get(self, handle: int, start: int, stop: int) -> tuple[bytes, int]:
        """Bytes of an array from `start` to before `stop`, and how many it has in all."""
        return self._executor.part(handle, start, stop)

    def _forget(self) -> None:
        if self._in is not None:
            self._executor.ledger.beside -= self._in[1].nbytes
            self._in = None
