"""`/metrics`: counters in Prometheus' text form, which is short enough to write by hand."""

from .service import Service

#: Name -> (counter, kind, divisor, what it counts).
SERIES = {
    "frames_total": ("answers", 1, "Program frames that were answered."),
    "calls_total": ("calls", 1, "Calls of operations that ran."),
    "work_total": ("work", 1, "Floating-point operations, or elements moved."),
    "uploads_total": ("puts", 1, "Chunks of large arrays that came in."),
    "downloads_total": ("gets", 1, "Chunks of large arrays that went out."),
    "received_bytes_total": ("bytes_in", 1, "Bytes of frames and chunks that came in."),
    "sent_bytes_total": ("bytes_out", 1, "Bytes of replies and chunks that went out."),
    "seconds_total": ("micros", 1e6, "Seconds between a request and its answer, waiting included."),
    "device_seconds_total": ("device_micros", 1e6, "Seconds that the device worked."),
    "lost_total": ("lost", 1, "Times that the device was killed or crashed, and was replaced."),
    "refused_total": ("refused", 1, "Requests that were refused or put off."),
}


def text(service: Service, status: dict[str, int] | None, up: bool) -> str:
    """The page; `status` is None while the device is at work, or when it does not answer."""
    lines = []
    for name, (counter, divisor, doc) in SERIES.items():
        value = service.place.lost if counter == "lost" else service.counters[counter]
        lines += _one(name, "counter", doc, value if divisor == 1 else value / divisor)
    lines += _one("up", "gauge", "Whether the device answers.", int(up))
    if status is not None:
        held = status["held_bytes"]
        lines += _one("sessions", "gauge", "Open sessions.", status["sessions"])
        lines += _one("held_bytes", "gauge", "Bytes of arrays on the device.", held)
    found = service.sessions.devices() if service.settings.place == "ray" else {}
    for name, doc, value in DEVICES if found else ():
        lines += _each(f"device_{name}", doc, {n: value(said) for n, said in found.items()})
    return "\n".join(lines) + "\n"


#: Of each device on Ray: what `pulse` says of it.
DEVICES = (
    ("up", "Whether this device answers.", lambda said: int(said is not None)),
    ("sessions", "Open sessions of this device.", lambda said: said and said["sessions"]),
    ("held_bytes", "Bytes of arrays on this device.", lambda said: said and said["held_bytes"]),
)


def _each(name: str, doc: str, values: dict[str, float | None]) -> list[str]:
    full = f"autograd_compute_{name}"
    known = {device: value for device, value in values.items() if value is not None}
    lines = [f'{full}{{device="{device}"}} {value}' for device, value in known.items()]
    return [f"# HELP {full} {doc}", f"# TYPE {full} gauge", *lines]


def _one(name: str, kind: str, doc: str, value: float) -> list[str]:
    full = f"autograd_compute_{name}"
    return [f"# HELP {full} {doc}", f"# TYPE {full} {kind}", f"{full} {value}"]
