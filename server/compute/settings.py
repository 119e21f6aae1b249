"""What the compute server may be told: which device, who may use it, how much."""

from dataclasses import dataclass

SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Settings:
    """How a device is offered. Sizes are bytes, times seconds."""

    #: "cuda", "cuda:1", "cpu" or "fake".
    device: str
    #: Who has it may open sessions; None: pages of this server, and who reads the terminal.
    token: str | None = None
    #: "child" (a process that can be killed), "ray" (one for each GPU, on several machines), or
    #: "inside" (this process; for tests).
    place: str = "child"
    #: Where Ray is ("auto", "10.0.0.1:6379"; None: one of this server alone), how many devices it
    #: is to have (0: one for each GPU), and under which of Ray's namespaces they are found.
    ray_address: str | None = None
    ray_devices: int = 0
    namespace: str = "autograd-playground"
    #: Address that readers use, when it is not the one that requests come in by.
    public_url: str | None = None
    #: Sessions of one client, and of all; a session ends when nothing came for `lease` seconds.
    client_sessions: int = 64
    sessions: int = 256
    lease: float = 900.0
    #: Frames and new sessions a minute of one client; as many may come at once.
    frames_per_minute: int = 6000
    opens_per_minute: int = 120
    #: Frames that may wait for the device; more are put off (429).
    waiting: int = 16
    #: Calls of a frame stop after `frame_seconds`; a device that does not answer within
    #: `stuck_seconds` is killed and replaced.
    frame_seconds: float = 20.0
    stuck_seconds: float = 40.0
    #: Bytes of arrays, of one session, of one client, of all.
    session_bytes: int = 256 << 20
    client_bytes: int = 1 << 30
    device_bytes: int = 2 << 30

    def __post_init__(self) -> None:
        name = self.device.partition(":")[0]
        if name not in ("cuda", "cpu", "fake"):
            raise ValueError(f"--device {self.device}: it is cuda, cuda:1 (and so on), cpu or fake")
        if ":" in self.device and not self.device.partition(":")[2].isdecimal():
            raise ValueError(f"--device {self.device}: after the colon comes a number")
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise ValueError(f"the compute token must have {SHORTEST_TOKEN} characters or more")
        if self.place not in ("child", "inside", "ray"):
            raise ValueError(f"a device is run as child or inside or on ray, not {self.place}")
