"""The main journeys in a real browser: no exception on the page, no error in its console."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.studies.plan import StudyOptions
from metalab.experiments.studies.study import run_study

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE_MS = 240_000
WORLD = "preset=minimal&days=90&runs=4"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ui", f"--server.port={port}"]
    environment = os.environ | {"METALAB_OUT": str(tmp_path_factory.mktemp("out"))}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                assert answer.read() == b"ok"
                return
        except OSError:
            assert time.monotonic() < end, f"{url} does not answer"
            time.sleep(0.1)


class Visit:
    """A page that remembers what its console complained about and whom it called."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: None if self._is_ours(request.url) else self.strangers.append(request.url))

    def _is_ours(self, url: str) -> bool:
        return url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:"))

    def open(self, query: str = WORLD) -> None:
        self.page.goto(f"{self.address}/?{query}")
        self.page.get_by_role("heading", name="Explore").wait_for()

    def go(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.page.get_by_role("heading", name=name, exact=True).wait_for()

    def fill(self, label: str, value: int) -> None:
        field = self.page.get_by_label(label, exact=True).first
        field.fill(str(value))
        field.press("Enter")

    def wait_for_charts(self, count: int) -> None:
        self.page.wait_for_function(f"document.querySelectorAll('[data-testid=\"stVegaLiteChart\"] .marks').length >= {count}")

    def watch_badges(self) -> None:
        """From now on remember each new word of the job's badge."""
        self.page.evaluate(
            """() => {
                window.badges = [];
                setInterval(() => {
                    const badge = document.querySelector(".stMarkdownBadge");
                    const word = badge ? badge.textContent.trim().split(" ").pop() : "";
                    if (word && word !== window.badges.at(-1)) window.badges.push(word);
                }, 10);
            }"""
        )

    def list_badges(self) -> list[str]:
        """The words that were seen, in order."""
        return list(self.page.evaluate("window.badges"))

    def check(self) -> None:
        assert self.page.get_by_test_id("stException").count() == 0
        assert self.complaints == []
        assert self.strangers == []


@pytest.fixture(params=["light", pytest.param("dark", marks=pytest.mark.slow)])
def visit(address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True)
        context = browser.new_context(color_scheme=request.param, viewport={"width": 1400, "height": 900})
        yield Visit(context.new_page(), address)
        browser.close()


def test_explore_changes_a_parameter_and_compares(visit: Visit) -> None:
    visit.open()
    visit.wait_for_charts(6)
    visit.page.get_by_role("button", name="Pin as baseline").click()
    visit.page.get_by_role("button", name="Unpin").wait_for()
    field = visit.page.get_by_placeholder("fee, unlock, slashing")
    field.fill("message fee usd")
    field.press("Enter")
    slider = visit.page.get_by_role("slider").first
    slider.wait_for()
    slider.press("ArrowRight")
    visit.page.get_by_text("What you changed").wait_for()
    visit.page.get_by_role("radio", name="Difference from baseline").click()
    visit.page.get_by_text("median difference", exact=True).wait_for()
    visit.wait_for_charts(6)
    assert "set=fees.message_fee_usd" in visit.page.url
    visit.check()


def test_the_price_is_shown_as_what_the_token_is_worth_and_a_premium(visit: Visit) -> None:
    visit.open(f"{WORLD}&view=Market")
    page = visit.page
    page.wait_for_function("document.querySelectorAll('[class*=\"st-key-panels-explore-price\"] .marks').length === 3")
    assert "premium" in page.locator("p", has_text="Price on day 0").inner_text()
    assert page.get_by_text("speculative premium", exact=True).count() == 1
    charts = page.locator('[class*="st-key-panels-explore-price"] [data-testid="stVegaLiteChart"]')
    # No part is cut off on the screen of a telephone.
    page.set_viewport_size({"width": 420, "height": 900})
    page.wait_for_timeout(1_000)
    assert all(charts.nth(k).bounding_box()["width"] <= 420 for k in range(3))
    visit.check()


def test_a_study_runs_in_the_background(visit: Visit) -> None:
    visit.open()
    visit.go("Studies")
    visit.fill("Runs", 16)
    visit.fill("Days", 30)
    visit.page.get_by_role("button", name="Start study").click()
    visit.page.locator(".stMarkdownBadge", has_text="Complete").wait_for()
    visit.wait_for_charts(6)
    visit.check()


LONG = {"runs": 200, "days": 365}
"""A study of some ten seconds, in 20 chunks."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of that study when nobody interferes."""
    out = tmp_path_factory.mktemp("undisturbed") / "study"
    options = StudyOptions(runs=LONG["runs"], days=LONG["days"], every=7, quiet=True)
    return str(run_study(load_scenario("minimal"), out, options)["digest"])


# Slow: the study must last until somebody has clicked twice, on a fast machine and on one that is busy.
@pytest.mark.slow
def test_a_study_is_cancelled_resumed_and_the_same(visit: Visit, undisturbed: str) -> None:
    page = visit.page
    page.set_default_timeout(150_000)
    visit.open()
    visit.go("Studies")
    visit.fill("Runs", LONG["runs"])
    visit.fill("Days", LONG["days"])
    page.get_by_role("button", name="Start study").click()
    visit.watch_badges()
    page.locator(".stMarkdownBadge", has_text="Running").wait_for()
    begun = len(visit.list_badges())
    page.get_by_role("button", name="Cancel").click()
    page.locator(".stMarkdownBadge", has_text="Cancelled").wait_for()
    assert set(visit.list_badges()[begun:]) <= {"Stopping", "Cancelled"}
    page.get_by_role("button", name="Resume").click()
    page.locator(".stMarkdownBadge", has_text="Complete").wait_for()
    assert visit.list_badges()[-3:] == ["Starting", "Running", "Complete"]
    visit.wait_for_charts(6)
    assert f"digest {undisturbed[:16]}" in page.get_by_text("Stored in").inner_text()
    visit.check()


def test_the_laboratories_answer(visit: Visit) -> None:
    visit.open()
    for name, charts in (("Metalayer", 2), ("Scaling", 3)):
        visit.go(name)
        visit.wait_for_charts(charts)
        visit.page.get_by_label("Seed", exact=True).fill("2")
        visit.page.get_by_role("button", name="Simulate").click()
        visit.page.get_by_text("seed 2", exact=False).first.wait_for()
        visit.wait_for_charts(charts)
    visit.check()


def test_a_proposal_is_judged(visit: Visit) -> None:
    visit.open()
    visit.go("Governance")
    visit.fill("Pairs of futures", 4)
    visit.fill("On day", 2)
    visit.fill("Days", 30)
    visit.page.get_by_role("button", name="Run futures").click()
    visit.page.locator(".stMarkdownBadge", has_text="Complete").wait_for()
    visit.page.get_by_text("Never", exact=True).wait_for()
    visit.check()
