"""CUDA devices through CuPy: the only module that may import it. `fake` is the same on FakeCuPy."""

from contextlib import contextmanager

import numpy

from .device import Device
from .draws import Draws
from .namespace import namespace

__all__ = ["CudaDevice", "DeviceLost", "NoDevice", "count", "cuda", "fake"]


class NoDevice(RuntimeError):
    """There is no CUDA device here, or no CuPy; the text says which and what to do."""


class DeviceLost(RuntimeError):
    """The device failed in a way that leaves nothing usable in this process."""


class CudaDevice(Device):
    """A CUDA device. All rows run on a stream of its own, which `work` waits for.

    `memory` bounds the bytes of the process's memory pool on this device (None: no bound).
    """

    def __init__(self, cupy, index: int, memory: int | None = None, kind: str = "gpu"):
        super().__init__(kind, index, namespace(cupy))
        self._cupy = cupy
        self._place = cupy.cuda.Device(index)
        self.xp.random = Draws(self)
        with self._place:
            self._stream = cupy.cuda.Stream(non_blocking=True)
            if memory is not None:
                cupy.get_default_memory_pool().set_limit(size=memory)

    def is_raw(self, value) -> bool:
        return isinstance(value, self._cupy.ndarray)

    def array(self, host):
        with self._place, self._stream:
            return self._with_room(lambda: self._cupy.array(host))

    def asnumpy(self, raw) -> numpy.ndarray:
        with self._place, self._stream:
            return self._cupy.asnumpy(raw)

    @contextmanager
    def work(self):
        with self._place, self._stream:
            yield
            self.synchronize()

    def synchronize(self) -> None:
        """Waits until all that was begun is done; raises `DeviceLost` if a kernel failed."""
        try:
            self._stream.synchronize()
        except Exception as problem:
            raise self.explained(problem) from problem

    def explained(self, problem: Exception) -> Exception:
        if isinstance(problem, self._cupy.cuda.memory.OutOfMemoryError):
            self._cupy.get_default_memory_pool().free_all_blocks()
            return MemoryError(str(problem))
        if isinstance(problem, self._cupy.cuda.runtime.CUDARuntimeError):
            return DeviceLost(f"{self}: {problem}")
        return problem

    def name(self) -> str:
        """What the driver calls the device."""
        found = self._cupy.cuda.runtime.getDeviceProperties(self.index)["name"]
        return found.decode() if isinstance(found, bytes) else str(found)

    def memory(self) -> tuple[int, int]:
        """Free and total bytes of the device."""
        free, total = self._place.mem_info
        return int(free), int(total)

    def _with_room(self, make):
        """`make()`, once more after the pool gave back what it kept, where memory was short."""
        try:
            return make()
        except self._cupy.cuda.memory.OutOfMemoryError:
            self._cupy.get_default_memory_pool().free_all_blocks()
            return make()


def _cupy():
    try:
        import cupy
    except ImportError as problem:
        raise NoDevice(
            "CuPy is not installed: `pip install cupy-cuda12x` (or cupy-cuda13x) brings it"
        ) from problem
    return cupy


def count() -> int:
    """How many CUDA devices CuPy can use here; raises `NoDevice` where it cannot say."""
    cupy = _cupy()
    try:
        return cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as problem:
        raise NoDevice(f"no CUDA device can be used: {problem}") from problem


def cuda(index: int = 0, memory: int | None = None) -> CudaDevice:
    """CUDA device `index`; raises `NoDevice` where there is none."""
    found = count()
    if not 0 <= index < found:
        raise NoDevice(f"there is no CUDA device {index}: this machine has {found}")
    return CudaDevice(_cupy(), index, memory)


def fake(index: int = 0, memory: int | None = None) -> CudaDevice:
    """A device that behaves as CUDA's do, on NumPy: for tests, and for showing."""
    from . import fakecupy

    return CudaDevice(fakecupy, index, memory)
