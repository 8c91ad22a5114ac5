"""The tab and the link in a real browser: what somebody sees who opens the failed task."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import browser
from tests.integrations.airflow.server import Server

pytestmark = pytest.mark.timeout(1200)


def test_the_tab_of_a_task_shows_the_page_of_its_run(server: Server) -> None:
    """Somebody logs in, opens a blocked gate, and finds the report inside Airflow, with nothing of it refused by the browser."""
    source = Path(server.home.parent, "seen.csv")
    source.write_text("id,age\n1,141\n2,142\n", "utf-8")
    run = server.run("plain", {"source": str(source)})
    assert run.ended()["gate"] == "failed"
    said: list[str] = []
    with browser() as chromium:
        page = chromium.new_page(color_scheme="dark")
        page.set_default_timeout(120_000)
        page.on("console", lambda line: said.append(line.text) if "dq_airflow" in line.location["url"] else None)
        page.goto(f"{server.url}/dags/plain/runs/{run.run_id}/tasks/gate")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(server.password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Contract report").click()
        inside = page.frame_locator("iframe")
        inside.get_by_text("The stage is blocked: nothing went on").wait_for()
        inside.get_by_role("button", name="Light").click()  # its script runs, in a frame that may do nothing else
        inside.get_by_role("button", name="Dark").wait_for()
        page.get_by_role("link", name="Details").click()
        page.get_by_role("link", name="Violation report").click()
        page.get_by_role("heading", name="people@1.0.0").wait_for()
        assert page.url.startswith(f"{server.url}/dq_airflow/report?dag_id=plain")
    assert said == []
