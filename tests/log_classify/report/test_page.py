"""The page as its reader has it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from log_processor.visible import visible
from tests.log_classify.report.reports import HOSTILE, entry, file, hostile, many, report, small, time

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.log_classify.report.conftest import Opened

pytestmark = pytest.mark.services("chromium")

AGAIN = "ERROR connection to the database was refused"


def lines(page: Page) -> list[str]:
    """Return the far lines that are built, in their order."""
    return page.locator(".far code").all_text_contents()


def paths(page: Page) -> list[str]:
    return page.locator("h3.path > span:first-child").all_text_contents()


def current(page: Page) -> str | None:
    return page.locator(".current").get_attribute("data-id")


def in_sight(page: Page, identity: str) -> bool:
    seen: bool = page.evaluate(
        """identity => {
          const box = document.querySelector(`article[data-id="${CSS.escape(identity)}"]`).getBoundingClientRect();
          return box.bottom > 0 && box.top < innerHeight;
        }""",
        identity,
    )
    return seen


def settled(page: Page) -> None:
    """Wait until what was asked for is drawn."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))))"
    )


def test_the_summary_says_what_failed_first_and_what_matters_most(opened: Opened) -> None:
    page = opened(small())
    assert "build-17/logs" == page.locator("h1").inner_text()
    assert (
        "5 lines that no passing build has (and 13 more lines that these stand for), 3 findings, in 3 of 4 files"
        == (page.locator(".verdict").inner_text())
    )
    assert "99.94 % reduction (from 8,000 lines to 5)" in page.locator("header .facts").inner_text()
    first, most = page.locator(".summary > section").all()
    assert ["api/server.log:70"] == first.locator(".where").all_text_contents()
    assert [AGAIN] == first.locator("code").all_text_contents()
    assert [
        "api/server.log:70",
        "job-output.txt:900",
        "api/server.log:40",
        "tests.log:5",
    ] == most.locator(".where").all_text_contents()


def test_a_line_of_the_summary_leads_to_the_line(opened: Opened) -> None:
    page = opened(small())
    page.locator(".summary .place", has_text="tests.log").click()
    assert "tests.log:5" == current(page)
    assert page.url.endswith("#at=tests.log:5")


def test_files_come_worst_first_or_by_path_or_by_time(opened: Opened) -> None:
    page = opened(small())
    assert ["job-output.txt", "api/server.log", "tests.log"] == paths(page)
    page.select_option("#order", "path")
    assert ["api/server.log", "job-output.txt", "tests.log"] == paths(page)
    assert page.url.endswith("#order=path")
    page.select_option("#order", "time")
    assert ["api/server.log", "job-output.txt", "tests.log"] == paths(page)
    page.select_option("#order", "worst")
    assert ["job-output.txt", "api/server.log", "tests.log"] == paths(page)
    assert "#" not in page.url.removesuffix("#")


def test_a_line_has_distance_reasons_context_and_the_words_that_differ(opened: Opened) -> None:
    page = opened(small())
    shown = page.locator('article[data-id="job-output.txt:900"]')
    assert "0.10" == shown.locator(".distance").text_content()
    assert "10%" == shown.locator(".bar rect").get_attribute("width")
    assert "number" == shown.locator(".reasons").text_content()
    assert ["2"] == shown.locator(".far mark").all_text_contents()
    assert ["0"] == shown.locator(".nearest del").all_text_contents()
    assert ["897", "898", "899", "901"] == shown.locator(".context .number").all_text_contents()
    assert (
        "nothing like it in 3 passing builds"
        in page.locator('article[data-id="job-output.txt:1200"]').inner_text()
    )
    without = page.locator('article[data-id="tests.log:5"]')
    assert "error" == without.locator(".why").inner_text()
    without.locator(".toggle").click()
    assert "no passing build to compare with" in without.locator(".details").inner_text()


def test_a_line_opens_to_all_that_is_known_and_to_all_of_its_context(opened: Opened) -> None:
    page = opened(small())
    shown = page.locator('article[data-id="api/server.log:40"]')
    assert 4 == shown.locator(".context").count()
    shown.locator(".toggle").click()
    assert 24 == shown.locator(".context").count()
    details = shown.locator(".details").inner_text()
    assert "14 lines: 40, 44-56" in details
    assert "2 of 3 passing builds" in details
    assert "true" == shown.locator(".toggle").get_attribute("aria-expanded")
    shown.locator(".toggle").click()
    assert 4 == shown.locator(".context").count()
    assert "false" == shown.locator(".toggle").get_attribute("aria-expanded")


def test_a_line_of_context_is_shown_once(opened: Opened) -> None:
    page = opened(small())
    page.locator('[data-id="api/server.log:40"] .toggle').click()
    page.locator('[data-id="api/server.log:70"] .toggle').click()
    numbers = page.locator("section.file", has_text="api/server.log").locator(".number").all_text_contents()
    assert [str(number) for number in [*range(28, 53), *range(58, 83)]] == numbers


@pytest.mark.parametrize(
    ("fallback", "said"), [(None, "builds"), ("branch", "of other branches"), ("constructor", "constructor")]
)
def test_a_file_says_whose_baseline_it_was_compared_with(
    opened: Opened, fallback: str | None, said: str
) -> None:
    page = opened(report([file("a.log", [entry(1, "one")], fallback=fallback)]))
    assert page.locator("h3 .facts").inner_text().endswith(said)


def test_the_same_line_elsewhere_is_a_click_away(opened: Opened) -> None:
    page = opened(small())
    page.locator('[data-id="job-output.txt:1200"] .toggle').click()
    page.locator('[data-id="job-output.txt:1200"] .details a').click()
    assert "api/server.log:70" == current(page)


def test_findings_stand_with_their_file(opened: Opened) -> None:
    page = opened(small())
    missing, gap, without = page.locator(".finding").all()
    assert "missing" == missing.locator(".kind").inner_text()
    assert "expected: in every one of 3 passing builds" in missing.inner_text()
    assert "seen: 64 s" in gap.inner_text()
    assert "at line 1100" in gap.inner_text()
    assert "no_baseline" in without.inner_text()


def test_lines_are_filtered_by_text_file_and_distance_and_the_address_says_so(opened: Opened) -> None:
    page = opened(small())
    page.fill("#query", "database  REFUSED")
    page.wait_for_url("**#q=database%20%20REFUSED")
    assert [AGAIN, AGAIN] == lines(page)
    assert "2 of 8 shown" == page.locator("#count").inner_text()
    page.select_option("#file", "api/server.log")
    assert [AGAIN] == lines(page)
    page.fill("#query", "")
    page.wait_for_url("**#file=api/server.log")
    page.locator("#least").fill("0.5")
    assert [AGAIN] == lines(page)
    assert page.url.endswith("#file=api/server.log&min=0.5")


def test_an_address_brings_its_filter_back(opened: Opened) -> None:
    page = opened(small(), "#q=refused&file=api/server.log&min=0.5&order=path&at=api/server.log:70")
    assert [AGAIN] == lines(page)
    assert "refused" == page.input_value("#query")
    assert "api/server.log" == page.input_value("#file")
    assert "0.5" == page.input_value("#least")
    assert "path" == page.input_value("#order")
    assert "api/server.log:70" == current(page)


@pytest.mark.parametrize(
    "fragment", ["#min=nan&order=up", "#%E0%A4%A", "#at=nowhere:3", "#file=no", "#q=%3Cb%3E"]
)
def test_an_address_that_makes_no_sense_does_no_harm(opened: Opened, fragment: str) -> None:
    page = opened(small(), fragment)
    assert page.locator("#count").is_visible()
    page.fill("#query", "refused")
    page.wait_for_url("**q=refused*")


def test_what_has_no_distance_is_not_filtered_away_by_distance(opened: Opened) -> None:
    page = opened(small(), "#min=1")
    assert [AGAIN, AGAIN, "FAIL: test_orders"] == sorted(lines(page))


def test_a_link_to_a_line_that_the_filter_hides_takes_the_filter_away(opened: Opened) -> None:
    page = opened(small(), "#q=refused&at=tests.log:5")
    assert "tests.log:5" == current(page)
    assert "" == page.input_value("#query")


def test_the_link_to_a_line_outlives_what_is_done_to_the_list(opened: Opened) -> None:
    page = opened(small())
    page.locator('[data-id="api/server.log:70"] a.number').click()
    address = page.url
    assert address.endswith("#at=api/server.log:70")
    page.select_option("#order", "path")
    page.fill("#query", "refused")
    page.wait_for_url(re.compile("#q=refused&"))
    assert page.url.endswith("&at=api/server.log:70")
    page.goto("about:blank")
    page.goto(address)
    assert "api/server.log:70" == current(page)
    assert in_sight(page, "api/server.log:70")


def test_a_filter_keeps_the_line_in_the_address_as_long_as_it_is_shown(opened: Opened) -> None:
    page = opened(small(), "#at=tests.log:5")
    page.select_option("#order", "path")
    assert "tests.log:5" == current(page)
    page.select_option("#file", "api/server.log")
    assert page.url.endswith("#file=api/server.log&order=path")
    page.select_option("#file", "")
    assert 0 == page.locator(".current").count()
    page.select_option("#file", "api/server.log")
    page.reload()
    assert ["api/server.log"] == paths(page)


def test_a_filter_that_nothing_fits_says_so(opened: Opened) -> None:
    page = opened(small(), "#q=nonsense")
    assert "There is no such line." == page.locator("main").inner_text()
    assert "0 of 8 shown" == page.locator("#count").inner_text()


def test_the_way_back_leads_to_the_line_before(opened: Opened) -> None:
    page = opened(small())
    page.locator('[data-id="api/server.log:70"] a.number').click()
    page.locator('[data-id="tests.log:5"] a.number').click()
    page.go_back()
    assert "api/server.log:70" == current(page)


def test_a_link_is_copied_or_stands_in_the_address(opened: Opened) -> None:
    page = opened(small(), permissions=["clipboard-read", "clipboard-write"])
    page.locator('[data-id="tests.log:5"] a.number').click()
    page.keyboard.press("y")
    page.wait_for_function("document.getElementById('said').textContent")
    if "copied" in page.locator("#said").inner_text():
        assert page.evaluate("navigator.clipboard.readText()").endswith("#at=tests.log:5")
    refused = opened(small(), "#q=FAIL&at=tests.log:5")
    refused.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    refused.keyboard.press("y")
    refused.wait_for_function("document.getElementById('said').textContent.includes('address')")
    assert refused.url.endswith("#at=tests.log:5")


def test_keys_move_from_line_to_line_and_from_file_to_file(opened: Opened) -> None:
    page = opened(small())
    seen = []
    for key in ("j", "j", "j", "k", "J", "J", "K", "G", "g"):
        page.keyboard.press(key)
        seen.append(current(page))
    assert [
        "job-output.txt:missing-1",
        "job-output.txt:gap-2",
        "job-output.txt:900",
        "job-output.txt:gap-2",
        "api/server.log:40",
        "tests.log:no_baseline-1",
        "api/server.log:40",
        "tests.log:5",
        "job-output.txt:missing-1",
    ] == seen


def test_keys_open_filter_and_switch(opened: Opened) -> None:
    page = opened(small(), "#at=api/server.log:40")
    page.keyboard.press("o")
    assert page.locator(".current .details").is_visible()
    page.keyboard.press("Enter")
    assert 0 == page.locator(".current .details").count()
    page.keyboard.press("c")
    assert not page.locator(".context").first.is_visible()
    page.keyboard.press("c")
    assert page.locator(".context").first.is_visible()
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert "jk" == page.input_value("#query")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()


def test_the_help_names_every_key(opened: Opened) -> None:
    page = opened(small())
    page.locator("#keys").click()
    named = page.locator("#help dt kbd").all_text_contents()
    source = (Path(__file__).parents[3] / "log_classify/report/page_files/page.js").read_text("utf-8")
    keys = re.findall(r'^    "?(\w+|[/?])"?: ', source.partition("listenToKeys({")[2], re.MULTILINE)
    assert sorted(keys) == sorted(named)
    page.locator("#help button").click()
    assert not page.locator("#help").is_visible()


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_theme_follows_the_system_until_it_is_switched(opened: Opened, scheme: str, other: str) -> None:
    page = opened(small(), color_scheme=scheme)
    used = "getComputedStyle(document.documentElement).colorScheme"
    ink = "getComputedStyle(document.body).color"
    before = page.evaluate(ink)
    assert scheme == page.evaluate(used)
    page.keyboard.press("t")
    assert other == page.evaluate(used)
    assert before != page.evaluate(ink)
    page.reload()
    assert other == page.evaluate(used)
    page.locator("#theme").click()
    assert scheme == page.evaluate(used)


def test_the_time_line_leads_to_lines(opened: Opened) -> None:
    page = opened(small())
    assert ["job-output.txt", "api/server.log"] == page.locator(".lane").all_text_contents()
    page.locator('#timeline rect[data-id="api/server.log:40"]').click()
    assert "api/server.log:40" == current(page)


def test_one_file_needs_no_list_of_files(opened: Opened) -> None:
    assert opened(small()).locator("nav").is_visible()
    assert not opened(report([file("a.log", [entry(1, "one")])])).locator("nav").is_visible()


def test_without_times_there_is_no_time_line(opened: Opened) -> None:
    page = opened(report([file("a.log", [entry(1, "one"), entry(2, "two", time=time(1))])]))
    assert not page.locator("#time > div").is_visible()


@pytest.mark.parametrize("made", [small, hostile])
def test_nothing_is_wider_than_a_phone(opened: Opened, made: Callable[[], object]) -> None:
    page = opened(made(), viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True)
    page.locator(".toggle").first.tap()
    assert page.locator(".details").first.is_visible()
    assert 360 == page.evaluate("document.documentElement.scrollWidth")


def test_hostile_text_is_text(opened: Opened) -> None:
    page = opened(hostile())
    everything = visible(" ".join(text for name, text in HOSTILE.items() if name != "long"))
    assert everything == page.locator("h1").text_content()
    assert f"{everything} · log-classify" == page.title()
    shown = lines(page)
    for name, text in HOSTILE.items():
        if name != "long":
            assert visible(text) in shown
    assert 0 == page.locator("img, iframe, object, embed, base, a[href^='javascript' i]").count()
    assert 2 == page.locator("script").count()
    raw = [text for text in HOSTILE.values() if visible(text) != text]
    assert raw
    body = page.evaluate("document.documentElement.textContent")
    assert not [text for text in raw if text in body]
    for toggle in page.locator(".toggle").all():
        toggle.click()
    settled(page)


def test_a_line_of_a_megabyte_is_cut(opened: Opened) -> None:
    page = opened(hostile())
    [cut] = [text for text in lines(page) if text.startswith("xxx")]
    assert f"{'x' * 2000}… (+998,000 characters)" == cut


def test_ten_thousand_lines_are_built_as_they_are_looked_at(opened: Opened) -> None:
    page = opened(many(10_000))
    assert "10,000 shown" == page.locator("#count").inner_text()
    assert 200 > page.locator(".entry").count()
    last = "node-3/service-19.log:5010"
    page.evaluate("at => { location.hash = `#at=${at}`; }", last)
    page.wait_for_selector(".current")
    settled(page)
    assert last == current(page)
    assert in_sight(page, last)
    assert 500 > page.locator(".entry").count()


def test_every_line_of_many_can_be_scrolled_to(opened: Opened) -> None:
    page = opened(many(180, files=2))
    assert 180 > page.locator(".entry").count()
    for _ in range(12):
        page.mouse.wheel(0, 3000)
        settled(page)
    assert 180 == len(set(lines(page)))


def test_without_javascript_the_first_lines_are_there(opened: Opened) -> None:
    page = opened(many(1000), java_script_enabled=False)
    assert 200 == page.locator(".plain li").count()
    assert "800 more lines" in page.locator("main").inner_text()
    assert not page.locator("#tools").is_visible()
    assert not page.locator("#help").is_visible()
    address = page.locator(".summary .place").first.get_attribute("href")
    assert address
    page.goto(page.url + address)
    assert 1 == page.locator(":target").count()
