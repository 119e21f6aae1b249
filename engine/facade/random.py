"""`mx.random`: seeding both families of generators."""

from ..devices import HOST

__all__ = ["seed"]


def seed(seed_state: int, ctx="all") -> None:
    """Starts the random generators anew, so that the same draws come again."""
    HOST.xp.random.seed(int(seed_state), ctx_given=ctx != "all")
