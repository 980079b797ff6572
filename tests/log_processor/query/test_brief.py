from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_filter import Finding
from log_processor.document import Scoring
from log_processor.errors import Outcome
from log_processor.query import cli
from log_processor.query.brief import LEAST_BYTES, write_brief
from log_processor.query.question import Question, answer
from tests.log_processor.shelf import Shelf, line, lines


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with closing(Shelf(tmp_path)) as shelf:
        yield shelf


def written(shelf: Shelf, most: int = 16_000, *, context: int = 3, uuid: str = "b1") -> tuple[str, int]:
    question = Question(context=context, folded=True, elsewhere=True)
    build = shelf.build(uuid)
    out = io.StringIO()
    count = write_brief(build, answer(shelf.reader, build, question), question, out, most)
    return out.getvalue(), count


def marked(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^> (\d+) ", text, re.MULTILINE)]


def around(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^  (\d+)      ", text, re.MULTILINE)]


def test_far_lines_stand_with_those_around_them(shelf: Shelf) -> None:
    shelf.put("a.log", lines(20, _7=0.8), findings=(Finding("missing", "all passed", 9, "in each", "no"),))
    text, count = written(shelf, context=2)
    assert 1 == count
    assert (
        "build b1, build_name unit, project acme/shop, build_branch main, build_status FAILURE, 2026-03-09\n"
        in text
    )
    assert "\n## a.log (20 lines, compared with 5 passing builds)\n" in text
    assert "\nfinding: missing at line 9: all passed\n    expected: in each\n    seen: no\n" in text
    assert ([7], [5, 6, 8, 9]) == (marked(text), around(text))
    assert "\n> 7 0.80 line 7\n    novel\n    nearest in passing builds: a line of a passing build\n" in text
    assert text.endswith("\nNothing was left out.\n")


def test_the_worst_file_comes_first_and_each_in_order(shelf: Shelf) -> None:
    shelf.put("a.log", lines(9, _7=0.5, _3=0.4))
    shelf.put("b.log", lines(9, _6=0.3, _2=0.9))
    text, _ = written(shelf, context=0)
    assert [2, 6, 3, 7] == marked(text)
    assert text.index("## b.log") < text.index("## a.log")


def test_where_there_is_little_room_worse_lines_go_before_others_and_all_before_those_around(
    shelf: Shelf,
) -> None:
    # Each has words of its own: lines that are alike would tell less.
    content = [
        line(number, number / 100, "novel", message="x" * 60)._replace(fingerprint=f"f{number}")
        for number in range(1, 101)
    ]
    spaced = [each._replace(number=3 * each.number, group=3 * each.number) for each in content]
    shelf.put("a.log", sorted([*spaced, *(line(3 * n + 1) for n in range(100))]))
    small, _ = written(shelf, LEAST_BYTES)
    large, _ = written(shelf, 2 * LEAST_BYTES)
    numbers = marked(small)
    assert numbers == [*range(300 - 3 * len(numbers) + 3, 301, 3)]
    assert set(numbers) < set(marked(large))
    # What is left is less than a marked line takes.
    assert len(around(small)) <= 3
    assert f"{100 - len(numbers)} of 100 marked lines ({100 - len(numbers)} of a.log)" in small
    assert "--bytes makes room" in small


def test_a_line_that_says_something_new_goes_before_more_of_the_same(shelf: Shelf) -> None:
    same = [line(number, 0.9, message="same " + "x" * 400) for number in range(1, 9)]
    other = line(9, 0.3, message="something else")._replace(fingerprint="0ther")
    shelf.put("a.log", [*same, other])
    text, _ = written(shelf, LEAST_BYTES, context=0)
    assert {1, 9} <= set(marked(text))
    assert len(marked(text)) < 9


def test_lines_that_one_stands_for_are_named_with_it(shelf: Shelf) -> None:
    shelf.put("a.log", [line(1, 0.8), *(line(number, 0.8, group=1) for number in range(2, 5))])
    text, _ = written(shelf)
    assert [1] == marked(text)
    assert "novel · x 4: lines 1-4\n" in text


def test_other_builds_are_named(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3, _1=0.8))
    shelf.put("a.log", lines(3, _1=0.8), build="b2", build_name="lint")
    assert "novel · also in 1 build of 1 job since 2026-03-09\n" in written(shelf)[0]


def test_secrets_are_masked_also_where_they_were_stored(shelf: Shelf) -> None:
    secret = "login --password=hunter2"
    shelf.put(
        "a.log",
        [line(1, message=secret), line(2, 0.8, message=secret)._replace(nearest=secret)],
        findings=(Finding("missing", secret, expected=secret, seen=secret),),
    )
    text, _ = written(shelf)
    assert "hunter2" not in text
    assert 6 == text.count("--password=***")


def test_what_the_build_lacks_is_said(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3, _1=0.8), build_files=3)
    shelf.put("new.log", [line(1, None)], scoring=Scoring())
    shelf.put("gone.log", outcome=Outcome.NOT_FOUND, reason="404")
    text, _ = written(shelf)
    assert "INCOMPLETE: 1 not read whole\n" in text
    assert "not read whole: 1 file (gone.log, …)\n" in text
    assert "nothing to compare with: 1 file (new.log, …)\n" in text


def test_a_build_without_far_lines_says_so(shelf: Shelf) -> None:
    shelf.put("a.log", lines(3))
    text, count = written(shelf)
    assert 0 == count
    assert text.endswith("\nThere is no such line.\n")


def test_the_command_knows_the_least_budget() -> None:
    assert LEAST_BYTES == cli._LEAST_BYTES


TEXTS = st.text(max_size=600) | st.text("\U0001f4a5\u202e`", min_size=200, max_size=2000)


@given(
    texts=st.lists(TEXTS, min_size=1, max_size=30),
    name=TEXTS.filter(bool),
    most=st.integers(LEAST_BYTES, 8000),
)
@settings(max_examples=25, deadline=None)
def test_it_never_takes_more_than_it_may_and_counts_what_it_leaves_out(
    texts: list[str], name: str, most: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(Shelf(Path(folder))) as shelf:
        content = [
            line(2 * at + 1, 0.5, message=text)._replace(fingerprint=f"f{at}", nearest=text or None)
            for at, text in enumerate(texts)
        ]
        found = tuple(Finding("missing", text, expected=text) for text in texts[:5])
        storable = name.encode("utf-8", "replace").decode()
        for at in range(3):
            shelf.put(
                f"{storable}{at}",
                content,
                build=storable,
                project=storable,
                build_name=storable,
                findings=found,
            )
        shelf.put("gone" + storable, outcome=Outcome.NOT_FOUND, build=storable, reason=storable)
        text, count = written(shelf, most, uuid=storable)
    assert len(text.encode()) <= most
    assert 3 * len(texts) == count
    left = re.search(r"(\d+) of \d+ marked lines", text)
    # Of a line that holds one the rest may look like another: no text has such a beginning of a line.
    assert count == len(marked(text)) + (int(left[1]) if left else 0)
