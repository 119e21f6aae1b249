"""Token buckets: bursts, refilling, bounded memory, who is one client."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.short.limits import Limiter, Rate, client_of

WIDE = Rate(10**9, 10**9)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_one_at_a_time() -> None:
    clock = Clock()
    limiter = Limiter(Rate(3, 6), WIDE, clock)
    assert [limiter.ask("a") for _ in range(4)] == [0, 0, 0, 10]
    clock.now = 9.9
    assert limiter.ask("a") == 1
    clock.now = 10
    assert [limiter.ask("a"), limiter.ask("a")] == [0, 10]
    clock.now = 10_000
    assert [limiter.ask("a") for _ in range(4)] == [0, 0, 0, 10]


def test_clients_do_not_wait_for_each_other() -> None:
    limiter = Limiter(Rate(1, 1), WIDE, Clock())
    assert [limiter.ask(client) for client in "aabb"] == [0, 60, 0, 60]


def test_all_together_have_a_limit() -> None:
    clock = Clock()
    limiter = Limiter(Rate(5, 5), Rate(8, 60), clock)
    assert [limiter.ask(str(n)) for n in range(9)] == [0] * 8 + [1]
    clock.now = 1
    assert limiter.ask("new") == 0


def test_memory_is_bounded_and_forgetting_gives_no_more_than_all_have() -> None:
    limiter = Limiter(Rate(1, 1), Rate(100, 1), Clock(), most=10)
    answers = [limiter.ask(str(n % 50)) for n in range(1000)]
    assert len(limiter) == 10
    assert answers.count(0) == 100


@given(some.lists(some.tuples(some.sampled_from("abc"), some.floats(0, 100)), max_size=80))
def test_nobody_gets_more_than_burst_and_refill(asked: list[tuple[str, float]]) -> None:
    clock = Clock()
    limiter = Limiter(Rate(4, 30), WIDE, clock)
    given = dict.fromkeys("abc", 0)
    for client, later in asked:
        clock.now += later
        given[client] += limiter.ask(client) == 0
        assert given[client] <= 4 + clock.now / 2 + 1e-6


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "?"),
        (None, "?"),
        ("not an address", "?"),
    ],
)
def test_who_is_one_client(address: str | None, client: str) -> None:
    assert client_of(address) == client
