"""`make test`: every check, quick ones first, all of them even when one fails; then the sum."""

import json
import os
import subprocess
import xml.etree.ElementTree as xml
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import browser, environment, node, site
from .project import BUILD, ROOT, VENV, VENV_PYTHON, BuildError, say

REPORTS = BUILD / "reports"


@dataclass
class Tally:
    """How many tests passed, failed and were left out."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: "Tally") -> None:
        """Counts the other's tests in."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self) -> str:
        left_out = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{left_out}"


def main() -> int:
    """Runs every check; the status is 1 when any of them failed."""
    environment.prepare("test")
    REPORTS.mkdir(parents=True, exist_ok=True)
    total = Tally()
    failed = []
    for name, check in CHECKS.items():
        say(f"\n----- {name} -----")
        try:
            tally = check()
        except BuildError as error:
            say(str(error))
            tally = Tally(failed=1)
        total.add(tally)
        if tally.failed:
            failed.append(name)
    say(f"\nmake test: {total}" + (f" (in {', '.join(failed)})" if failed else ""))
    return 1 if failed else 0


def lint() -> Tally:
    """Ruff's rules."""
    return _whole([VENV / "bin" / "ruff", "check", "."])


def formatting() -> Tally:
    """Ruff's formatting."""
    return _whole([VENV / "bin" / "ruff", "format", "--check", "."])


def types() -> Tally:
    """TypeScript's type check."""
    node.install()
    line, env = node.command("tsc", "--noEmit")
    return _whole(line, env)


def page_units() -> Tally:
    """The page's logic in Vitest."""
    node.install()
    report = REPORTS / "vitest.json"
    report.unlink(missing_ok=True)
    line, env = node.command(
        "vitest", "run", "--reporter=default", "--reporter=json", f"--outputFile.json={report}"
    )
    status = _run(line, env)
    return _at_least_one_failure(status, vitest_tally(report))


def python() -> Tally:
    """Engine, server and, in a real Chromium, the page; without a Chromium, that is one failure."""
    site.make()
    try:
        return _pytest({"AUTOGRAD_CHROMIUM": browser.ensure()})
    except BuildError as error:
        tally = _pytest({}, "--ignore=tests/e2e")
        tally.failed += 1
        say(f"\ntests/e2e could not run. {error}")
        return tally


def _pytest(env: dict[str, str], *arguments: str) -> Tally:
    report = REPORTS / "pytest.xml"
    report.unlink(missing_ok=True)
    line = [VENV_PYTHON, "-m", "pytest", f"--junitxml={report}", *arguments]
    status = _run(line, os.environ | env)
    return _at_least_one_failure(status, pytest_tally(report))


CHECKS: dict[str, Callable[[], Tally]] = {
    "ruff check": lint,
    "ruff format": formatting,
    "tsc": types,
    "vitest": page_units,
    "pytest": python,
}


def vitest_tally(report: Path) -> Tally:
    """Counts from Vitest's JSON report."""
    try:
        found = json.loads(report.read_text("utf-8"))
    except (OSError, ValueError):
        return Tally()
    return Tally(found["numPassedTests"], found["numFailedTests"], found["numPendingTests"])


def pytest_tally(report: Path) -> Tally:
    """Counts from pytest's JUnit report."""
    try:
        suites = xml.parse(report).getroot().iter("testsuite")
    except (OSError, xml.ParseError):
        return Tally()
    total = Tally()
    for suite in suites:
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total.add(Tally(max(tests - failed - skipped, 0), failed, skipped))
    return total


def _at_least_one_failure(status: int, tally: Tally) -> Tally:
    """A program that failed without naming a test (it crashed, say) counts as one failure."""
    if status != 0 and tally.failed == 0:
        tally.failed = 1
    return tally


def _whole(line: list[str | Path], env: dict[str, str] | None = None) -> Tally:
    return Tally(passed=1) if _run(line, env) == 0 else Tally(failed=1)


def _run(line: list[str | Path], env: dict[str, str] | None = None) -> int:
    return subprocess.run([str(part) for part in line], cwd=ROOT, env=env).returncode
