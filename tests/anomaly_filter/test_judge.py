"""Each reason with a fault and its harmless twin: what is edited has the same shape and does not matter."""

from __future__ import annotations

import pytest

from anomaly_filter import AnomalyFilter
from anomaly_filter.judge import Judge, Judgement, patterns_of_failure
from anomaly_filter.reasons import ERROR, FIXED, NOVEL, NUMBER, REASONS, VALUE, VERSION
from anomaly_filter.tokens import Table
from tests.anomaly_filter.builds import model, reasons, steps, word

Builds = tuple[list[str], ...]
TABLE = Table()

FOUR, NINE = (" ".join(map(word, range(size))) for size in (4, 9))
"""Lines in which one word of four, and of nine, is a distance above and below the threshold."""


def judgement(text: str, *builds: list[str], threshold: float = 0.25) -> Judgement:
    return Judge(model(*builds), threshold).judge(TABLE.tokens(text), text)


def with_words(text: str, *words: str) -> str:
    return " ".join([*text.split()[: -len(words)], *words])


# ---- novel ----


def test_a_line_from_the_threshold_on_is_novel() -> None:
    assert (NOVEL,) == reasons(with_words(FOUR, "zap"), [FOUR])
    assert (NOVEL,) == reasons("zap", [FOUR])


def test_a_line_below_the_threshold_is_not_novel() -> None:
    assert () == reasons(with_words(NINE, "zap"), [NINE])
    assert () == reasons(FOUR, [FOUR])
    assert (NOVEL,) == reasons(with_words(NINE, "zap"), [NINE], threshold=0.1)


def test_a_line_without_tokens_has_no_reason() -> None:
    for threshold in (0.0, 0.25):
        assert ((), False, False, False) == (
            (found := judgement("12:00 --", [FOUR], threshold=threshold)).notes,
            found.stands,
            found.heats,
            found.compared,
        )


# ---- error ----


def test_a_word_of_failure_that_the_nearest_line_lacks_is_an_error() -> None:
    assert (ERROR,) == reasons(with_words(NINE, "failed"), [NINE])
    assert (ERROR,) == reasons(f"{NINE} failed", [NINE])


def test_any_other_word_is_no_error() -> None:
    assert () == reasons(with_words(NINE, "listed"), [NINE])


def test_a_word_of_failure_that_the_nearest_line_has_is_no_error() -> None:
    assert () == reasons(f"zap {with_words(NINE, 'failed')}", [with_words(NINE, "failed")])


def test_a_word_of_failure_that_is_gone_is_no_error() -> None:
    assert () == reasons(NINE, [with_words(NINE, "failed")])


@pytest.mark.parametrize(("words", "expected"), [(22, (ERROR,)), (40, ())])
def test_a_word_of_failure_in_a_very_long_line_is_no_error(words: int, expected: tuple[str, ...]) -> None:
    text = " ".join(map(word, range(words)))
    assert expected == reasons(f"{text} failed", [text])


def test_a_word_of_failure_in_a_new_line_is_novel_and_an_error() -> None:
    assert (NOVEL, ERROR) == reasons("zap failed", [FOUR])


# ---- number ----

CLASSES = [
    pytest.param("job exited with code 0", "job exited with code 137", id="exit status"),
    pytest.param("rc=0 of the job", "rc=2 of the job", id="rc"),
    pytest.param("killed by signal 0 again", "killed by signal -9 again", id="negative"),
    pytest.param('fetch "GET /v1/pods HTTP/1.1" 200', 'fetch "GET /v1/pods HTTP/1.1" 503', id="HTTP 5xx"),
    pytest.param("host : ok=3 failed=0", "host : ok=3 failed=1", id="failed="),
    pytest.param("12 tests were run", "0 tests were run", id="total of 0"),
    pytest.param("the disk is 87% full", "the disk is 100% full", id="full"),
    pytest.param("made 100% of it", "made 0% of it", id="nothing"),
]


@pytest.mark.parametrize(("usual", "fault"), CLASSES)
def test_a_number_that_turns_bad_is_a_reason(usual: str, fault: str) -> None:
    assert NUMBER in reasons(fault, [usual])
    assert NUMBER in reasons(fault, [usual], [usual])


@pytest.mark.parametrize(("usual", "fault"), CLASSES)
def test_a_number_that_some_baseline_has_is_none(usual: str, fault: str) -> None:
    assert () == reasons(fault, [usual], [fault])
    assert () == reasons(usual, [usual])


@pytest.mark.parametrize(
    ("usual", "other"),
    [
        ("job took 0 seconds", "job took 137 seconds"),
        ("listening on port 8080", "listening on port 9"),
        ("job exited with code 137", "job exited with code 2"),
        ("job exited with code 2", "job exited with code 0"),
        ("0 tests were run", "12 tests were run"),
        ("made 40% of it", "made 70% of it"),
        ("host : ok=3 failed=1", "host : ok=3 failed=2"),
        ('fetch "GET /v1/pods HTTP/1.1" 200', 'fetch "GET /v1/pods HTTP/1.1" 302'),
        ("worker 7 of the pool with pid 812", "worker 9 of the pool with pid 77"),
        ("took 3.2s, 31 kB/s", "took 41.7s, 2 kB/s"),
    ],
)
def test_a_number_that_does_not_matter_or_turns_to_the_good_is_no_reason(usual: str, other: str) -> None:
    assert NUMBER not in reasons(other, [usual])


def test_the_numbers_of_a_line_that_is_like_none_are_not_compared() -> None:
    assert (NOVEL,) == reasons("pool rc=2", [f"rc=0 {NINE}"])


def test_a_number_that_is_bad_by_itself_needs_no_other_baseline_number() -> None:
    assert NUMBER in reasons(f"{NINE} code 503", [NINE])
    assert NUMBER not in reasons(f"{NINE} code 200", [NINE])


# ---- numbers of known lines ----


def test_a_total_that_collapses_is_a_reason_with_one_baseline() -> None:
    assert (NUMBER,) == reasons("ran 12 tests", ["ran 100 tests"])
    assert () == reasons("ran 90 tests", ["ran 100 tests"])
    assert () == reasons("ran 900 tests", ["ran 100 tests"])


def test_any_total_that_shrinks_is_a_reason_with_several_baselines() -> None:
    usual = ["wrote 100 records"], ["wrote 98 records"]
    assert (NUMBER,) == reasons("wrote 12 records", *usual)
    assert () == reasons("wrote 90 records", *usual)


def test_a_total_that_varies_among_the_baselines_may_shrink() -> None:
    assert () == reasons("ran 12 tests", ["ran 100 tests"], ["ran 15 tests"])


def test_a_total_that_one_baseline_lacks_may_shrink() -> None:
    assert () == reasons("ran 12 tests", ["ran 100 tests"], ["compiling"])


def test_a_part_of_a_whole_that_was_all_is_a_reason() -> None:
    assert (NUMBER,) == reasons("2/3 replicas are ready", ["3/3 replicas are ready"])
    assert () == reasons("4/4 replicas are ready", ["3/3 replicas are ready"])


def test_a_size_that_falls_to_nothing_is_a_reason() -> None:
    usual = "-rw-r--r-- 1 ci ci 48214924 portal.war"
    assert (NUMBER,) == reasons("-rw-r--r-- 1 ci ci 0 portal.war", [usual])
    assert () == reasons("-rw-r--r-- 1 ci ci 3 portal.war", [usual])
    assert () == reasons("-rw-r--r-- 1 ci ci 0 portal.war", [usual], ["-rw-r--r-- 1 ci ci 0 portal.war"])


def test_faults_that_no_baseline_has_are_a_reason_where_they_make_no_line_new() -> None:
    usual = [f"{NINE} 0 regressions"]
    assert (NUMBER,) == reasons(f"{NINE} 3 regressions", usual)
    assert () == reasons(f"{NINE} 0 regressions", usual)
    assert () == reasons(f"{NINE} 3 regressions", [f"{NINE} 1 regressions"])


# ---- version ----


def test_a_major_version_that_no_baseline_has_is_a_reason() -> None:
    assert (VERSION,) == reasons("using python 4.0.1 here", ["using python 3.11.4 here"])
    assert (VERSION,) == reasons(
        "using python 2.7.18 here", ["using python 3.11.4 here"], ["using python 3.9.1 here"]
    )


def test_any_other_part_of_a_version_is_no_reason() -> None:
    assert () == reasons("using python 3.12.0 here", ["using python 3.11.4 here"])
    assert () == reasons("using python 4.0.1 here", ["using python 3.11.4 here"], ["using python 4.2.0 here"])


# ---- fixed ----


def test_a_word_where_all_of_several_baselines_have_the_same_is_a_reason() -> None:
    assert (FIXED,) == reasons(with_words(NINE, "zap"), [NINE], [NINE])


def test_a_word_where_one_baseline_has_no_such_line_is_no_reason() -> None:
    assert () == reasons(with_words(NINE, "zap"), [NINE])
    assert () == reasons(with_words(NINE, "zap"), [NINE], [NINE], steps(1, first=50))


def test_a_word_at_a_place_that_varies_in_the_baselines_is_no_reason() -> None:
    usual = [with_words(NINE, "zip"), with_words(NINE, "zop")]
    assert () == reasons(with_words(NINE, "zap"), usual, usual)


def test_a_word_less_is_no_reason() -> None:
    assert () == reasons(" ".join(NINE.split()[:-1]), [NINE], [NINE])


# ---- value ----


def build_of_values(**counts: int) -> list[str]:
    return [with_words(NINE, value) for value, count in counts.items() for _ in range(count)]


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        ({"zip": 5, "zop": 5}, (VALUE,)),
        ({"zip": 9}, (VALUE,)),
        ({"zip": 6, "zop": 2}, ()),
        ({"zip": 5, "zop": 2}, ()),
        ({"zip": 7}, ()),
        ({"zip": 4, "zop": 4}, (VALUE,)),
        (dict.fromkeys(("zip", "zop", "zup", "zep", "zipzop"), 3), (VALUE,)),
        (dict.fromkeys(("zip", "zop", "zup", "zep", "zipzop", "zapzop"), 3), ()),
    ],
)
def test_a_word_is_a_reason_at_a_place_that_takes_few_others_each_often(
    usual: dict[str, int], expected: tuple[str, ...]
) -> None:
    assert expected == reasons(with_words(NINE, "zap"), build_of_values(**usual))


def test_a_word_that_the_place_takes_is_no_reason() -> None:
    assert () == reasons(with_words(NINE, "zip"), build_of_values(zip=5, zop=5))


def test_many_words_at_once_are_no_value() -> None:
    assert VALUE not in reasons(with_words(NINE, "zap", "zup", "zep", "zoz"), build_of_values(zip=9))


def at_host(name: str) -> str:
    return f"{NINE} from http://{name}.example.com/simple"


def test_a_host_is_a_reason_where_all_of_several_baselines_have_the_same() -> None:
    usual = [at_host("one")] * 5
    assert (VALUE,) == reasons(at_host("two"), usual, usual)


def test_a_host_is_no_reason_with_one_baseline_or_where_it_varies() -> None:
    usual, other = [at_host("one")] * 5, [at_host("three")] * 5
    assert () == reasons(at_host("two"), usual)
    assert () == reasons(at_host("two"), usual, other)
    assert () == reasons(at_host("one"), usual, usual)
    assert () == reasons(at_host("two"), usual, usual, steps(2))


# ---- notes, and what is told line by line ----

EACH_REASON: list[tuple[str, str, Builds]] = [
    (NOVEL, "zap", ([FOUR],)),
    (ERROR, with_words(NINE, "failed"), ([NINE],)),
    (NUMBER, "rc=2 of the job", (["rc=0 of the job"],)),
    (VERSION, "using python 4.0.1 here", (["using python 3.11.4 here"],)),
    (FIXED, with_words(NINE, "zap"), ([NINE], [NINE])),
    (VALUE, with_words(NINE, "zap"), (build_of_values(zip=9),)),
]


@pytest.mark.parametrize(
    ("reason", "text", "builds"), EACH_REASON, ids=[reason for reason, *_ in EACH_REASON]
)
def test_each_reason_has_a_sentence(reason: str, text: str, builds: Builds) -> None:
    notes = AnomalyFilter(model(*builds)).explain(text).notes
    assert reason in [reason for reason, _ in notes]
    assert all(reason in REASONS and sentence for reason, sentence in notes)


def test_a_line_with_a_reason_beside_being_novel_stands_and_heats() -> None:
    for reason, text, builds in EACH_REASON:
        if reason not in (NOVEL, VERSION):
            found = judgement(text, *builds)
            assert (reason, True, True) == (reason, found.stands, found.heats)


def test_a_line_that_is_only_novel_does_neither() -> None:
    found = judgement("zap zip zop", [FOUR])
    assert (False, False) == (found.stands, found.heats)


def test_a_new_line_that_states_a_result_stands_and_does_not_heat() -> None:
    found = judgement("zap zip 7 tests", [FOUR])
    assert (True, False) == (found.stands, found.heats)
    longer = " ".join(map(word, range(20, 40)))
    assert not judgement(f"{longer} 7 tests", [FOUR]).stands


@pytest.mark.parametrize(
    "text",
    [
        "    at zap.Zip.zop(Zap.java)",
        '  File "zap.py", line 7, in zop',
        "src/zap.c:7:3: zop",
        "zap.py:12: zop",
    ],
)
def test_a_new_line_that_points_into_a_source_heats(text: str) -> None:
    assert judgement(text, [FOUR]).heats
    assert not judgement(text, [text]).heats


def test_a_known_line_without_numbers_is_not_compared() -> None:
    assert not judgement(FOUR, [FOUR]).compared
    assert judgement("ran 100 tests", ["ran 100 tests"]).compared
    assert not judgement(at_host("one"), [at_host("one")] * 9).compared


# ---- without a baseline ----


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("compiling has failed", [ERROR]),
        ("job exited with code 137", [NUMBER]),
        ("3 failed", [ERROR, NUMBER]),
        ("0 failed", []),
        ("failed=0", []),
        ("job exited with code 0", []),
        ("job started with 7 workers", []),
        ("compiling 31 files", []),
        ("", []),
    ],
)
def test_without_a_baseline_words_and_numbers_of_failure_are_reasons(text: str, expected: list[str]) -> None:
    assert expected == [reason for reason, _ in patterns_of_failure(TABLE.tokens(text))]


# ---- from zero, and from yes to no ----


def test_a_number_that_was_zero_in_every_baseline_is_odd_when_it_is_not() -> None:
    usual = "12 newly installed, 0 to remove"
    fault = usual.replace("0 to", "43 to")
    for builds in ([[usual]], [[usual], [usual]]):
        assert (NUMBER,) == reasons(fault, *builds)
        assert () == reasons(usual.replace("12", "15"), *builds)
    assert () == reasons(fault, [usual], [usual, usual.replace("0 to", "5 to")])
    assert () == reasons(fault, [usual], ["another line"])


def test_no_in_the_place_of_yes_is_an_error() -> None:
    for yes, no in (("true", "false"), ("accept", "drop"), ("enforcing", "permissive")):
        assert (ERROR,) == reasons(f"{NINE} {no}", [f"{NINE} {yes}"])
        assert () == reasons(f"{NINE} {yes}", [f"{NINE} {no}"])
