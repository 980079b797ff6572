from __future__ import annotations

import pytest

from anomaly_filter import AnomalyFilter, Line, Model, SegmentBuilder, Tokenizer, lines
from log_classify.style import Style
from log_classify.words import Change, Piece, changes, far_part


def marked(old: str, new: str) -> str:
    return Style(colour=False).marked(changes(old, new, Tokenizer()))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("linking the shop", "linking the shop", "linking the shop"),
        ("linking the shop", "linking the library", "linking the [-shop-]{+library+}"),
        ("linking shop", "linking broken shop", "linking {+broken+} shop"),
        ("linking broken shop", "linking shop", "linking [-broken-] shop"),
        ("alpha beta", "gamma delta", "[-alpha beta-]{+gamma delta+}"),
        ("", "gamma", "{+gamma+}"),
        (
            "12:00:01 worker-3 enabled",
            "13:30:59 worker-8 disabled",
            "12:00:01 worker-3 [-enabled-]{+disabled+}",
        ),
        ("12:00:01 exit code 0", "12:00:02 exit code 2", "12:00:01 exit code [-0-]{+2+}"),
        ("12:00:02 linking shop", "13:30:59 shop linking", "12:00:02 {+shop+} linking [-shop-]"),
        ("linking", "linking 3 broken of 4 shops at 12:00", "linking {+broken of 4 shops+}"),
        ("linking broken of 4 shops", "linking", "linking [-broken of 4 shops-]"),
        (
            "statement 1 touched 0 rows",
            "statement 2 touched 412 rows",
            "statement 1 touched [-0 rows-]{+412 rows+}",
        ),
        # Nothing but what varies anyway, so there is nothing else to show.
        ("took 17 s", "took 18 s", "took [-17-]{+18+} s"),
    ],
)
def test_differing_words_are_marked(old: str, new: str, expected: str) -> None:
    assert expected == marked(old, new)


def test_colours_mark_where_there_are_some() -> None:
    pieces = [Piece(Change.SAME, "a"), Piece(Change.GONE, "b"), Piece(Change.NEW, "c")]
    assert "\x1b[2ma\x1b[0m \x1b[31mb\x1b[0m \x1b[1;32mc\x1b[0m" == Style(colour=True).marked(pieces)


def test_marks_of_a_long_line_keep_the_difference() -> None:
    same = " ".join(["word"] * 400)
    text = marked(f"{same} old {same}", f"{same} new {same}")
    assert "word [-old-]{+new+} word" in text
    assert len(text) < 600


def test_many_differences_are_cut() -> None:
    old = " ".join(f"same{'x' * (at % 7)} old" for at in range(300))
    text = marked(old, old.replace("old", "new"))
    assert text.endswith(" …")
    assert 20 > text.count("{+new+}")


def test_thousands_of_words_are_compared_in_part() -> None:
    found = changes("a " * 20_000, "b " * 20_000, Tokenizer())
    assert [Change.GONE, Change.NEW, Change.SAME] == [piece.change for piece in found]
    assert "…" == found[-1].text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("one known step", "one known step"),
        ("known step\rdisk failure\rknown step", "disk failure"),
        (r"known step\ndisk failure\nknown step", "disk failure"),
    ],
)
def test_a_verdict_is_about_the_farthest_part(text: str, part: str) -> None:
    builder = SegmentBuilder("1", "log")
    builder.learn(lines([b"known step\n"]))
    (line,) = AnomalyFilter(Model([builder.segment()])).scored([Line(1, text)])
    assert part == far_part(line, Tokenizer())


def test_a_line_whose_farthest_part_is_not_kept_stands_for_itself() -> None:
    (line,) = AnomalyFilter(None).scored([Line(1, r"one\ntwo")])
    assert r"one\ntwo" == far_part(line, Tokenizer())
