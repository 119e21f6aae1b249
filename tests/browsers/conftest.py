"""Firefox and WebKit for `make test-browsers`; one that is not installed is skipped, aloud."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.browsers import firefox, webkit
from tests.e2e import course_page
from tests.e2e.conftest import site

__all__ = ["site"]

BROWSERS = {"firefox": (firefox, "Firefox"), "webkit": (webkit, "WebKit")}


@pytest.fixture(scope="session", params=list(BROWSERS))
def browser(request, tmp_path_factory):
    """A started browser of another make."""
    module, name = BROWSERS[request.param]
    lacks = module.missing()
    if lacks:
        pytest.skip(f"{lacks} is not installed here")
    one = getattr(module, name)(tmp_path_factory.mktemp(request.param))
    print(f"\n{one.name} {one.version}")
    yield one
    one.close()


@pytest.fixture(scope="session")
def address(site, tmp_path_factory) -> str:
    """Of the course, on another origin than the playground."""
    with course_page.served(course_page.build(site, tmp_path_factory.mktemp("course"))) as url:
        yield url


def until(ask: Callable[[], Any], wanted: Callable[[Any], bool] = bool, seconds: float = 20) -> Any:
    """Asks again until the answer is as wanted; gives the answer, or fails with the last one."""
    end = time.monotonic() + seconds
    answer = None
    while time.monotonic() < end:
        answer = ask()
        if wanted(answer):
            return answer
        time.sleep(0.2)
    pytest.fail(f"after {seconds:g} s the answer still was {answer!r}")
