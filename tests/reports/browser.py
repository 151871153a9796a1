"""A real headless Chromium, driven over its own protocol; what it asked for and complained of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.shared import ROOT

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium: Final = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed here (Debian: apt install chromium)"
)
ARTEFACTS: Final = ROOT / ".artefacts" / "report"
Scheme = Literal["light", "dark"]


@dataclass
class Visit:
    """A page that is open, the addresses it asked for, and the errors it met."""

    page: Page
    folder: Path
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the report."""
        self.page.goto(f"file://{self.folder / path.partition('#')[0]}#{path.partition('#')[2]}")
        return self.page

    def picture(self, name: str) -> None:
        """Keep what is to be seen for people to look at."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(ARTEFACTS / f"{name}.png"))


@contextmanager
def start_browser() -> Iterator[Browser]:
    """Chromium, until the block ends."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(
    browser: Browser,
    folder: Path,
    *,
    width: int = 1400,
    scheme: Scheme = "light",
    scripts: bool = True,
) -> Iterator[Visit]:
    """A page on the report in `folder`; every request is seen by the browser's own log."""
    context = browser.new_context(
        viewport={"width": width, "height": 1000}, color_scheme=scheme, java_script_enabled=scripts
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    found = Visit(page, folder)
    session = context.new_cdp_session(page)
    session.on(
        "Network.requestWillBeSent", lambda sent: found.requests.append(sent["request"]["url"])
    )
    session.send("Network.enable")
    page.on(
        "console",
        lambda said: found.errors.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    try:
        yield found
    finally:
        context.close()
