"""A headless Chromium that may reach nothing, and the accessibility rules of axe-core."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
TOOLS = HERE.parents[1] / ".venv" / "axe"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that was opened, and all that went wrong on it."""

    page: Any
    said: list[str] = field(default_factory=list)  # errors and warnings of the console, uncaught errors
    asked: list[str] = field(default_factory=list)  # requests, but for the page itself
    dialogs: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, installed once beside the virtual environment."""
    script = TOOLS / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("needs axe-core: npm is not installed")
        part = TOOLS.with_name(f"axe.{os.getpid()}")  # two workers may install at once
        part.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, part / name)
        done = subprocess.run(
            [npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=part, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"needs axe-core: npm ci failed: {done.stderr[-300:]}")
        shutil.rmtree(TOOLS, ignore_errors=True)
        part.replace(TOOLS)
    return script.read_text("utf-8")


@contextmanager
def browser() -> Iterator[Any]:
    """A running Chromium; its loop runs in this thread as long."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: it is not installed")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("needs chromium: it is not installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=program, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running browser, for all tests here."""
    with browser() as running:
        yield running


@pytest.fixture
def show(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Seen]]:
    """Open a text as a page, the network blocked; arguments are those of a browser's context."""
    contexts: list[Any] = []

    def showing(text: str, **said: Any) -> Seen:
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(text, "utf-8")
        context = chromium.new_context(bypass_csp=said.pop("bypass_csp", False), **said)
        contexts.append(context)
        page = context.new_page()
        seen = Seen(page)

        def route(way: Any) -> None:
            if way.request.url == file.as_uri():
                way.continue_()
            else:
                seen.asked.append(way.request.url)
                way.abort()

        def dismiss(dialog: Any) -> None:
            seen.dialogs.append(dialog.message)
            dialog.dismiss()

        page.route("**/*", route)
        page.on("console", lambda message: seen.said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: seen.said.append(str(error)))
        page.on("dialog", dismiss)
        page.goto(file.as_uri())
        page.wait_for_load_state("load")
        return seen

    yield showing
    for context in contexts:
        context.close()
