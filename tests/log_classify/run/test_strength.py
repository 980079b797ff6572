from __future__ import annotations

import time

import pytest

from anomaly_filter import AnomalyFilter, ScoredLine, Tokenizer, lines
from log_classify.run.errors import errors
from log_classify.run.strength import FAILURE, HINT, LABEL, WORD, strength


def judged(text: str) -> list[ScoredLine]:
    tokenizer = Tokenizer()
    scan = AnomalyFilter(None, tokenizer=tokenizer).scored(lines([text.encode()]))
    return list(errors(scan, tokenizer))


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (FAILURE, 'The command "mvn test -B" exited with 1.'),
        (FAILURE, "[Zuul] Task exit code: 1"),
        (FAILURE, "worker exited with error code: 137"),
        (FAILURE, "container exited (1)"),
        (FAILURE, "child ended, exit status was -9"),
        (FAILURE, "request to db timed out after 30 s"),
        (FAILURE, "[INFO] BUILD FAILURE"),
        (FAILURE, "2026-03-09 12:00:01 ERROR shop no basket"),
        (FAILURE, "fatal: [localhost]: FAILED! => {}"),
        (FAILURE, "panic: index out of range"),
        (FAILURE, "run.sh: line 3: Segmentation fault (core dumped)"),
        (FAILURE, "shop: basket.c:12: sell: Assertion `n > 0' failed."),
        (FAILURE, "=== 3 failed, 12 passed in 0.3 s ==="),
        (FAILURE, "Tests run: 26, Failures: 1, Errors: 0"),
        (FAILURE, "make: *** [Makefile:12: all] Error 2"),
        (FAILURE, "No errors in shop, but basket exited with status 3"),
        (LABEL, "KeyError: 'basket'"),
        (LABEL, "src/basket.c:12:5: error: expected ';'"),
        (LABEL, "fatal: not a git repository"),
        (WORD, "12:00:01 INFO shop refused, ConflictError: not enough of K-0098"),
        (WORD, "cp: cannot stat 'basket'"),
        (WORD, "Launch attempt 1/2 failed for the node"),
        (HINT, "WARNING the basket is nearly full"),
    ],
)
def test_the_score_says_how_strongly_a_line_speaks_of_a_failure(score: float, text: str) -> None:
    (line,) = judged(text)
    assert (score, True) == (line.score, line.shown)


@pytest.mark.parametrize(
    "text",
    [
        "This is free software; see the source for copying conditions.  There is NO",
        "Linux version 3.10.0 (Red Hat 4.8.5)",
        "Target: x86_64-unknown-linux-gnu",
        "[INFO] No sources to compile",
        "no errors found",
        "[INFO] No errors/warnings found",
        "12 passed, 0 failed, 0 errors",
        "Tests run: 4, Failures: 0, Errors: 0, Skipped: 0",
        "[INFO] Error size is 0",
        "compiling errors.py",
        "reading lib/error/fatal.c",
        "Running com.example.AbstractExceptionTest",
        "maven-failsafe-plugin: verify",
        "the command exited with 0",
        "exit status 0",
        "exit code: 0 after 12 s",
        "the shell exited at 12:00:01",
        "worker exited after 3 s",
    ],
)
def test_what_only_has_the_word_is_no_hit(text: str) -> None:
    (line,) = judged(text)
    assert ((), None, None, None) == (line.reasons, line.score, line.group, line.fingerprint)


def test_a_traceback_is_as_strong_as_a_failure() -> None:
    found = judged(
        'Traceback (most recent call last):\n  File "shop.py", line 3, in sell\nshop.Shut: come again\n'
    )
    assert [FAILURE] * 3 == [line.score for line in found]


@pytest.mark.parametrize(
    "part", ["a", "A-", "a.", "*** ", "assertion ", "exit ", "failed ", "0", "a_", "/", "errors/", "aA", "1,"]
)
def test_no_line_takes_long(part: str) -> None:
    tokenizer = Tokenizer()
    text = "not " + part * 2000
    line = ScoredLine(1, text, False, None, None, None, ("error",), "f", None, 1)  # noqa: FBT003 - by its place
    begun = time.process_time()
    strength(line, tokenizer)
    assert 0.1 > time.process_time() - begun
