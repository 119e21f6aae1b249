"""The Chromium that the end-to-end tests drive: found on this system, or installed.

Its path is noted in build/chromium.path; tests ask `path()`.
AUTOGRAD_CHROMIUM (or CHROME) names one of your own and goes before all else.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .project import BUILD, VENV, BuildError, apt_can_install, apt_install, say, stream

NOTE = BUILD / "chromium.path"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: Enough to start on a machine without a screen, as root, in a container.
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync")


def path() -> str | None:
    """Path of the Chromium to test with, without looking further than what `ensure` noted."""
    named = _named()
    if named:
        return named
    try:
        noted = NOTE.read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    return noted if os.access(noted, os.X_OK) else None


def ensure() -> str:
    """Finds a Chromium that starts, or installs one; notes and gives its path."""
    named = _named()
    if named:
        if not starts(named):
            raise BuildError(f"AUTOGRAD_CHROMIUM or CHROME names {named}, which does not start.")
        return named
    noted = path()
    if noted:
        return noted
    reasons: list[str] = []
    for found in _candidates(reasons):
        if starts(found):
            NOTE.parent.mkdir(parents=True, exist_ok=True)
            NOTE.write_text(found + "\n", "utf-8")
            say(f"browser: {found}")
            return found
        reasons.append(f"{found} does not start")
    raise BuildError(
        "The tests in a browser need Chromium, and none could be found or installed:\n"
        + "".join(f"  {reason}\n" for reason in reasons)
        + "Install it (Debian, Ubuntu: `sudo apt-get install chromium`; elsewhere Chrome or "
        "Chromium from its maker), or name one with AUTOGRAD_CHROMIUM=/path/to/chromium, and type "
        "`make test` again."
    )


#: Programs that `make test-browsers` drives besides, and Debian's packages of them.
OTHERS = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}


def others() -> None:
    """Installs Firefox and WebKit where that needs nobody's leave; says what is left out."""
    lacking = [package for name, package in OTHERS.items() if not shutil.which(name)]
    if not lacking:
        return
    if not apt_can_install():
        say(f"browsers: not installed: {', '.join(lacking)} (Debian's names; tests are skipped)")
        return
    for package in lacking:
        try:
            apt_install(package)
        except BuildError as error:
            say(f"browsers: {package} could not be installed: {_reason(error)}")


def starts(program: str) -> bool:
    """Whether a Chromium really runs here: one that lacks a library only says so when it starts."""
    try:
        asked = subprocess.run(
            [program, *FLAGS, "--dump-dom", "data:text/html,<p>it runs</p>"],
            capture_output=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"it runs</p>" in asked.stdout


def _named() -> str | None:
    return os.environ.get("AUTOGRAD_CHROMIUM") or os.environ.get("CHROME") or None


def _candidates(reasons: list[str]) -> Iterator[str]:
    """Programs to try, cheapest first; something is installed only when all before it failed."""
    yield from _on_system()
    yield from _playwrights_own(reasons)
    if apt_can_install():
        try:
            apt_install("chromium")
        except BuildError as error:
            reasons.append(f"apt-get could not install it: {_reason(error)}")
        yield from _on_system()
        yield "/usr/bin/chromium"  # where the package puts it, should PATH not lead there
    else:
        reasons.append("apt-get was not tried: it needs Debian or Ubuntu and the rights of root")


def _on_system() -> Iterator[str]:
    yield from (found for name in NAMES if (found := shutil.which(name)))
    yield from (place for place in PLACES if Path(place).exists())


def _playwrights_own(reasons: list[str]) -> Iterator[str]:
    """Playwright's own build, downloaded when it is not there yet."""
    playwright = VENV / "bin" / "playwright"
    env = os.environ | {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000"}
    try:
        if not _playwright_path().exists():
            say("browser: no Chromium on this system, downloading Playwright's")
            stream([playwright, "install", "chromium"], env=env, timeout=600)
        yield str(_playwright_path())
        if apt_can_install():
            stream([playwright, "install-deps", "chromium"], env=env, timeout=1200)
            yield str(_playwright_path())
    except BuildError as error:
        reasons.append(f"Playwright could not download its own: {_reason(error)}")


def _playwright_path() -> Path:
    program = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    return Path(stream([VENV / "bin" / "python", "-c", program]).strip().splitlines()[-1])


def _reason(error: Exception) -> str:
    """The line of a program's output that says why: the first that speaks of an error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return next(
        (line for line in lines if "rror" in line), lines[-1] if lines else "no reason given"
    )
