from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from log_processor.query import markdown
from log_processor.query.question import Question, answer
from log_processor.query.similar import Similar
from log_processor.stores.contract import Wanted
from tests.log_processor.shelf import Shelf, line, lines

OUTSIDE = re.compile(
    r"\*\*Lines that no passing build printed\*\*, build (`+) .* \1|"
    r"<details><summary><code>[^<>]*</code>: \d+ lines?</summary>|</details>|"
    r"\[(the log|dashboard)\]\([^()\s<>\[\]]+\)|(the log|dashboard): (`+) .* \4|"
    r"No line to show\.|The \d+ worst lines\.|"
)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


def written(
    shelf: Shelf, *, top: int | None = None, dashboard: str | None = None, uuid: str = "b1"
) -> tuple[str, int]:
    question = Question(folded=True, elsewhere=True, top=top)
    build = replace(shelf.build(uuid), dashboard=dashboard)
    out = io.StringIO()
    count = markdown.write_markdown(build, answer(shelf.reader, build, question), question, out)
    return out.getvalue(), count


def outside(text: str) -> list[str]:
    """Return the lines of Markdown that no fence holds."""
    found, fence = [], 0
    for each in text.split("\n"):
        ticks = re.match(r" {0,3}(`{3,})(text)?[ \t]*\Z", each)
        if fence and ticks and not ticks[2] and len(ticks[1]) >= fence:
            fence = 0
        elif not fence and ticks:
            fence = len(ticks[1])
        elif not fence:
            found.append(each)
    assert not fence
    return found


def test_each_file_unfolds(shelf: Shelf) -> None:
    shelf.put("a.log", lines(5, _3=0.8))
    shelf.put("b.log", lines(5, _2=0.5))
    text, count = written(shelf, dashboard="https://k/app#/v?_g=(a:b)")
    assert 2 == count
    assert ["a.log", "b.log"] == re.findall("<details><summary><code>(.*)</code>: 1 line</summary>", text)
    assert 2 == text.count("</details>\n")
    assert "\n 0.80        3  line 3\n" in text
    assert "\n[dashboard](https://k/app#/v?_g=%28a:b%29)\n" in text
    assert "\n[the log](https://logs.example.org/b1/job-output.txt)\n" in text


@pytest.mark.parametrize(("top", "said"), [(None, False), (1, True)])
def test_it_says_when_there_may_be_more(shelf: Shelf, top: int | None, said: bool) -> None:  # noqa: FBT001 - a fact
    shelf.put("a.log", lines(5, _3=0.8, _4=0.9))
    assert said is ("The 1 worst lines." in written(shelf, top=top)[0])


def test_a_build_without_far_lines_says_so(shelf: Shelf) -> None:
    shelf.put("a.log", lines(5))
    text, count = written(shelf)
    assert 0 == count
    assert text.endswith("\nNo line to show.\n")


HOSTILE = st.text(
    st.sampled_from(" `~<>/\"'\n\r\t[]()!@#*_\\&|-=a\u202e\x1b\u2028:."), max_size=40
) | st.sampled_from(
    [
        "```",
        "``````",
        "</details>",
        "```\n</details>",
        "~~~",
        "<script>",
        "[x](https://evil)",
        "@alice",
        "````text",
        "` `",
    ]
)


@given(message=HOSTILE, name=HOSTILE.filter(bool), uuid=HOSTILE.filter(bool), url=HOSTILE, nearest=HOSTILE)
@settings(max_examples=60, deadline=None)
def test_no_text_of_a_log_or_job_breaks_out(
    message: str, name: str, uuid: str, url: str, nearest: str
) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Shelf(Path(folder))) as shelf:
        far = line(1, 0.8, message=message)._replace(nearest=nearest)
        shelf.put(name, [far], build=uuid, log_url=f"https://l/{url}", build_name=message, project=name)
        text, _ = written(shelf, uuid=uuid)
        builds = io.StringIO()
        markdown.write_builds([shelf.build(uuid)], builds)
        found = Similar(shelf.reader.sightings(["c0ffee"]), shelf.reader.occurrences(["c0ffee"], 9, Wanted()))
        markdown.write_similar(found, builds)
    for each in outside(text):
        assert OUTSIDE.fullmatch(each), each
    assert [""] == outside(builds.getvalue())
