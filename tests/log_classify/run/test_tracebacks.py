from __future__ import annotations

import pytest

from anomaly_filter import AnomalyFilter, Tokenizer
from log_classify.run.errors import errors
from log_classify.run.tracebacks import tracebacks
from tests.log_classify.console import scored

PYTHON = """\
Traceback (most recent call last):
  File "shop.py", line 3, in sell
    basket[0]
IndexError: list index out of range
"""
CHAINED = (
    PYTHON
    + """\

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "shop.py", line 9, in open
    raise Shut from None
shop.Shut: come again tomorrow
"""
)
JAVA = """\
java.lang.IllegalStateException: no pool
\tat com.example.Pool.take(Pool.java:12)
\tat com.example.Main.<init>(Main.java:120) ~[app.jar:1.0]
\t... 12 more
Caused by: java.io.IOException: broken
\tat com.example.Disk.read(Native Method)
"""
MAVEN = """\
[ERROR] com.example.PoolTest.takes  Time elapsed: 0.1 s  <<< ERROR!
[ERROR] \tat com.example.PoolTest.takes(PoolTest.java:31)
"""
NODE = """\
TypeError: basket.sell is not a function
    at Object.<anonymous> (/app/shop.js:5:9)
    at async Promise.all (index 0:1:2)
    at node:internal/main/run_main_module:22:47
"""
GO = """\
panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.(*Shop).sell(0xc000012345, 0x5)
\t/src/shop.go:8 +0x1d
created by main.open
\t/src/main.go:3 +0x2a
exit status 2
"""
RUST = """\
thread 'main' panicked at src/shop.rs:2:5:
the basket is empty
stack backtrace:
   0: std::panicking::begin_panic
             at /rustc/1/library/std/src/panicking.rs:645:5
note: Some details are omitted
"""
OLD_RUST = """\
thread 'tests::sells' panicked at 'the basket is empty', src/shop.rs:2:5
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""


@pytest.mark.parametrize(
    ("text", "what_happened"),
    [
        (PYTHON, "IndexError: list index out of range"),
        (CHAINED, "shop.Shut: come again tomorrow"),
        (JAVA, "java.lang.IllegalStateException: no pool"),
        (MAVEN, MAVEN.splitlines()[0]),
        (NODE, "TypeError: basket.sell is not a function"),
        (GO, GO.splitlines()[0]),
        (RUST, "the basket is empty"),
        (OLD_RUST, OLD_RUST.splitlines()[0]),
    ],
)
@pytest.mark.parametrize("lead", ["", "2024-01-02T03:04:05.1234567Z "])
def test_a_traceback_is_one_and_says_what_happened(text: str, what_happened: str, lead: str) -> None:
    body = [lead + line for line in text.splitlines()]
    before, after = ["all is well"], ["", "all is well again"]
    lines = [scored(number, each) for number, each in enumerate([*before, *body, *after], 1)]
    found = list(tracebacks(lines))
    assert [1, len(body), 1, 1] == [len(each.lines) for each in found]
    assert lead + what_happened == found[1].line.text
    assert lines == [line for each in found for line in each.lines]


@pytest.mark.parametrize(
    "text",
    [
        "cannot connect: nobody listens at db.example.com:5432\nlook at shop.py:3\n",
        "Traceback of the order 17\n  shipped\n",
        "reply: ['Traceback (most recent call last):\\n  File 1\\n']\n  thanks\n",
        "do not panic: all is well\n",
        "the thread 'main' has ended\n",
    ],
)
def test_what_only_resembles_a_traceback_is_none(text: str) -> None:
    lines = [scored(number, each) for number, each in enumerate(text.splitlines(), 1)]
    assert [1] * len(lines) == [len(each.lines) for each in tracebacks(lines)]


def test_a_traceback_ends_where_lines_are_left_out() -> None:
    head, frame = PYTHON.splitlines()[:2]
    found = list(tracebacks([scored(1, head), scored(2, frame), scored(9, "  more")]))
    assert [[1, 2], [9]] == [[line.number for line in each.lines] for each in found]


def test_a_traceback_that_is_cut_off_is_one_all_the_same() -> None:
    lines = [scored(number, each) for number, each in enumerate(PYTHON.splitlines()[:2], 1)]
    (found,) = tracebacks(lines)
    assert 2 == found.line.number


def _shown(text: str) -> list[tuple[int, int | None]]:
    """Return numbers and groups of far lines."""
    from anomaly_filter import lines

    tokenizer = Tokenizer()
    scan = AnomalyFilter(None, tokenizer=tokenizer).scored(lines([text.encode()]))
    return [(line.number, line.group) for line in errors(scan, tokenizer) if line.far]


def test_all_lines_of_a_traceback_have_one_shown() -> None:
    assert [(number, 4) for number in (1, 2, 3, 4)] == _shown(PYTHON + "all is well\n")


def test_equal_tracebacks_are_shown_once_and_others_are_not_folded() -> None:
    other = PYTHON.replace("sell", "purchase")
    groups = [group for _, group in _shown(PYTHON + PYTHON + other)]
    assert [4] * 8 + [12] * 4 == groups


def test_errors_that_say_the_same_are_shown_once() -> None:
    text = "12:00:01 error: disk sda1 full\nall is well\n12:00:07 error: disk sda1 full\nerror: no route\n"
    assert [(1, 1), (3, 1), (4, 4)] == _shown(text)
