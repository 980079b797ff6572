"""The page as a file: what it allows, and what it does not hold."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from log_classify.report import page_data
from log_classify.report.model import Report
from log_classify.report.page import write_html
from tests.log_classify.report.reports import HOSTILE, entry, file, hostile, report, small

ROOT = Path(__file__).parents[3]
FILES = ROOT / "log_classify/report/page_files"


class Document(HTMLParser):
    """The elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"style": [], "script": []}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside in self.texts:
            self.texts[self._inside].append(data)
            self._inside = ""


@pytest.fixture(params=[small, hostile])
def text(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The page of a report."""
    return written(request.param(), tmp_path)


def written(made: Report, folder: Path) -> str:
    write_html(made, folder / "report.html")
    return (folder / "report.html").read_text("utf-8")


def digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def test_the_policy_allows_its_own_style_and_script_and_nothing_else(text: str) -> None:
    found = Document(text)
    [style] = found.texts["style"]
    _, script = found.texts["script"]
    [policy] = [
        attributes["content"]
        for tag, attributes in found.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert (
        f"default-src 'none'; script-src {digest(script)}; style-src {digest(style)}; "
        "base-uri 'none'; form-action 'none'"
    ) == policy


def test_no_element_has_a_handler_a_style_or_something_to_load(text: str) -> None:
    for tag, attributes in Document(text).elements:
        assert tag not in {"img", "iframe", "link", "base", "object", "embed", "audio", "video"}
        assert not [
            name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset"}
        ]
        assert re.match(r"#|https?://", attributes.get("href") or "#")


def test_the_script_puts_text_into_the_page_as_text_only() -> None:
    for path in FILES.glob("*.js"):
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setHTML|createContextualFragment"
            r"|fetch\(|XMLHttpRequest|import\(|\.on[a-z]+ =",
            path.read_text("utf-8"),
        )
        assert [] == found


def test_every_file_of_the_page_is_in_it_and_in_the_package(text: str) -> None:
    _, script = Document(text).texts["script"]
    for path in FILES.glob("*.js"):
        first, *_ = path.read_text("utf-8").splitlines()
        assert first.startswith("// ")
        assert 1 == script.count(f"{first}\n")
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
    assert 'log_classify = ["py.typed", "report/page_files/*"]' in (ROOT / "pyproject.toml").read_text(
        "utf-8"
    )


def test_the_data_cannot_end_its_element(tmp_path: Path) -> None:
    data, _ = Document(written(hostile(), tmp_path)).texts["script"]
    assert "<" not in data
    [found] = json.loads(data)
    assert "</script>" in found["path"]


def test_a_page_is_the_same_each_time(tmp_path: Path) -> None:
    assert written(small(), tmp_path) == written(small(), tmp_path)


def test_a_report_of_nothing_has_a_page(tmp_path: Path) -> None:
    assert "0 lines that no passing build has, in 0 of 0 files" in written(report([]), tmp_path)


def test_lines_that_are_not_far_are_not_taken_for_repeated_ones(tmp_path: Path) -> None:
    near = entry(1, "known", distance=0.0, reasons=(), fingerprint="")
    assert "that these stand for" not in written(report([file("a.log", [near], far=0)]), tmp_path)
    assert "(and 4 more lines that these stand for)" in written(
        report([file("a.log", [entry(1, "x", count=5)])]), tmp_path
    )


def test_a_report_without_any_baseline_says_so(tmp_path: Path) -> None:
    lone = file("a.log", [entry(1, "ERROR", distance=None, score=None)], model=None, baselines=0)
    page = written(report([lone], baselines=()), tmp_path)
    assert "1 line that speaks of errors" in page
    assert "not compared with any passing build" in page


def test_urls_of_the_web_are_links_and_no_others(tmp_path: Path) -> None:
    web = dataclasses.replace(small(), url="https://ci.example/build/17?a=1&b=2")
    assert '<h1><a href="https://ci.example/build/17?a=1&amp;b=2"' in written(web, tmp_path)
    assert "<h1>build-17/logs</h1>" in written(
        dataclasses.replace(small(), url="javascript:alert(1)"), tmp_path
    )


def test_what_would_make_a_page_too_large_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = entry(9, f"{HOSTILE['long']} at last", nearest=HOSTILE["long"])
    assert 200_000 > len(written(report([file("a.log", [long])]), tmp_path))
    assert '[10,"step 10' not in written(small(), tmp_path)
    assert '[52,"step 52' in written(small(), tmp_path)
    monkeypatch.setattr(page_data, "_CONTEXT_CHARACTERS", 100)
    assert '[52,"step 52' not in written(small(), tmp_path)
    assert '[41,"step 41' in written(small(), tmp_path)


def test_a_word_that_differs_far_behind_is_seen(tmp_path: Path) -> None:
    text = f"{'word ' * 800}broken {'more ' * 800}"
    made = report([file("a.log", [entry(1, text, nearest=text.replace("broken", "whole"))])])
    data, _ = Document(written(made, tmp_path)).texts["script"]
    [found] = json.loads(data)
    first, mark, _rest = found["entries"][0]["text"]
    assert first.startswith("(3,800 characters +)… ")
    assert "broken" == mark
