from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anomaly_filter import AnomalyFilter, Fallback, Finding, lines, model_name
from log_processor.document import DaySource, LineDocument, Status
from log_processor.errors import FetchUnavailable, Outcome, StoreUnavailable, Unavailable
from log_processor.fetch.settings import FetchSettings
from log_processor.pipeline import Rules
from tests.httpserver import content, cut, serving, status
from tests.log_processor.workshop import FAILING, NOON, PASSING, Choosy, Unsteady, Workshop

MANY = "".join(f"step {word} of the long way\n" for word in "abcdefghijklmnopqrstuvwxyz")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    with closing(Workshop(tmp_path)) as workshop:
        yield workshop


# ---- what a file becomes ----------------------------------------------------------------------------


def test_each_line_gets_its_distance_and_its_model(shop: Workshop) -> None:
    shop.learn()
    assert "indexed" == shop.run(FAILING)
    document = shop.file()
    assert ["unpacking the archive", "compiling 35 files", "no space left on device"] == shop.texts()
    assert [0, 0, 1] == [line.distance for line in shop.lines()]
    assert [False, False, True] == ["novel" in line.reasons for line in shop.lines()]
    assert (Status.SCORED, "acme%2Fshop/unit/main/job-output", 1) == (
        document.file.scoring.status,
        document.file.scoring.model,
        document.file.scoring.baselines,
    )
    found = shop.models.find(
        model_name(
            {
                "project": "acme/shop",
                "build_name": "unit",
                "build_branch": "main",
                "filename": "job-output.txt",
            }
        )
    )
    assert found is not None
    assert found.model.version == document.file.scoring.version
    assert 1 == document.max_distance
    assert (3, 3, 0, 1, 0) == (
        document.lines_read,
        document.lines_indexed,
        document.lines_rejected,
        document.lines_far,
        document.lines_truncated,
    )
    assert len(FAILING) == document.bytes_read
    assert "w" == document.worker


def test_a_document_names_the_times_of_its_processing(shop: Workshop) -> None:
    shop.run(FAILING)
    assert shop.clock.moment == shop.file().started_at == shop.file().file.received_at


def test_a_distance_is_that_of_the_library_to_six_digits(shop: Workshop) -> None:
    shop.learn("the quick brown fox jumps over the lazy dog again\nanother line of seven words here\n")
    shop.run("the quick brown cat jumps over a lazy dog\nline of seven other words\nnothing alike at all\n")
    model = shop.models.find(model_name({**_fields(), "filename": "job-output.txt"}), without_build="b1")
    assert model is not None
    read = lines([("\n".join(shop.texts()) + "\n").encode()])
    exact = [scored.distance for scored in AnomalyFilter(model.model).scored(read)]
    stored = [line.distance for line in shop.lines()]
    assert stored == pytest.approx(exact, abs=1e-6)
    assert stored == [None if distance is None else round(distance, 6) for distance in exact]
    assert 0 < min(filter(None, stored)) < 1


def _fields() -> dict[str, object]:
    return {"project": "acme/shop", "build_name": "unit", "build_branch": "main"}


def test_a_known_line_has_no_nearest_one_beside_it(shop: Workshop) -> None:
    shop.learn("one two three four\n")
    shop.run("one two three five\none two three four\n")
    far, known = shop.lines()
    assert "one two three four" == far.nearest
    assert (None, 1) == (known.nearest, known.seen_in)


def test_the_threshold_decides_which_lines_are_far(shop: Workshop) -> None:
    shop.learn("one two three four\n")
    shop.run("one two three five\n", "b1")
    shop.pipeline.rules = Rules(threshold=0.9)
    shop.run("one two three five\n", "b2")
    assert (1, 0) == (shop.file("b1").lines_far, shop.file("b2").lines_far)
    assert shop.lines("b1")[0].distance == shop.lines("b2")[0].distance


def test_the_sums_of_a_file_agree_with_its_lines(shop: Workshop) -> None:
    shop.learn(MANY)
    text = MANY + "something else entirely\n" + "word " * 20_000 + "\n\n" + FAILING
    shop.run(text)
    document, stored = shop.file(), shop.lines()
    assert document.lines_read == document.lines_indexed == len(stored)
    assert document.lines_far == sum(bool(line.reasons) for line in stored)
    assert document.lines_shown == sum(line.shown for line in stored)
    assert document.lines_truncated == sum(line.truncated for line in stored) == 1
    assert document.max_distance == max(line.distance or 0 for line in stored)
    assert document.bytes_read == len(text)


def test_a_secret_is_nowhere(shop: Workshop) -> None:
    shop.learn("login as admin with password=hunter2 on node one\n")
    shop.run("login as root with password=swordfish on node one two\n")
    (line,) = shop.lines()
    assert "login as root with password=*** on node one two" == line.message
    assert "login as admin with password=*** on node one" == line.nearest
    kept = [path for path in shop.root.rglob("*") if path.is_file() and shop.logs not in path.parents]
    assert 3 <= len(kept)
    for path in kept:
        assert b"swordfish" not in path.read_bytes()
        assert b"hunter2" not in path.read_bytes()


@pytest.mark.parametrize("characters", [1, 30, 10**9])
def test_long_lines_shorten_a_batch_and_change_nothing(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, characters: int
) -> None:
    monkeypatch.setattr("log_processor.pipeline._BATCH_CHARACTERS", characters)
    shop.learn()
    shop.run(FAILING)
    assert FAILING.splitlines() == shop.texts()


def test_an_empty_file_is_read_and_said_to_be_empty(shop: Workshop) -> None:
    assert "indexed" == shop.run("")
    assert (Finding("nothing_read", "the file has no line"),) == shop.file().findings
    assert [] == shop.letters()


def test_without_a_model_a_line_has_no_distance(shop: Workshop) -> None:
    assert "indexed" == shop.run(FAILING)
    document = shop.file()
    assert [None] * 3 == [line.distance for line in shop.lines()]
    assert ["no_baseline"] == [finding.kind for finding in document.findings]
    assert (Status.NO_MODEL, None, None) == (
        document.file.scoring.status,
        document.file.scoring.model,
        document.max_distance,
    )


@pytest.mark.parametrize(
    ("fields", "model"),
    [
        ({"build_branch": "stable"}, "acme%2Fshop/unit/*/job-output"),
        ({"project": "acme/other"}, "*/unit/*/job-output"),
        ({"filename": "console.log"}, "acme%2Fshop/unit/*"),
    ],
)
def test_a_neighbouring_model_answers_and_is_named(
    shop: Workshop, fields: dict[str, str], model: str
) -> None:
    shop.learn()
    shop.run(FAILING, **fields)
    document = shop.file(filename=fields.get("filename", "job-output.txt"))
    assert (Status.FALLBACK, model) == (document.file.scoring.status, document.file.scoring.model)
    assert 1 == document.lines_far


def test_fallbacks_are_those_of_the_configuration(shop: Workshop) -> None:
    shop.learn()
    shop.pipeline.rules = Rules(fallback=(Fallback.JOB,))
    shop.run(FAILING, project="acme/other")
    assert Status.NO_MODEL is shop.file().file.scoring.status


def test_a_segment_that_cannot_be_read_is_counted_and_left_out(shop: Workshop) -> None:
    shop.learn()
    shop.learn(build="pass2")
    next(shop.models.root.rglob("*.segment")).write_bytes(b"damaged")
    shop.run(FAILING)
    assert 1 == shop.metrics.registry.get_sample_value("log_processor_unreadable_segments_total")
    assert 1 == shop.file().file.scoring.baselines


# ---- a baseline that does not fit -------------------------------------------------------------------

UNKNOWN = "".join(
    f"{a}{b}{c}ora {c}{a}{b}imu\n" for a in "bdfgklmnpr" for b in "aeiou" for c in ascii_lowercase
)


def test_of_a_file_that_its_baseline_does_not_fit_the_worst_lines_are_shown(shop: Workshop) -> None:
    shop.learn()
    assert "indexed" == shop.run(UNKNOWN)
    document, stored = shop.file(), shop.lines()
    assert ["unfit_baseline"] == [finding.kind for finding in document.findings]
    assert 1300 == document.lines_read == document.lines_indexed == len(stored)
    assert 0 < document.lines_shown <= document.lines_far <= 20
    assert document.lines_shown == sum(line.shown for line in stored)
    assert document.lines_far == sum(bool(line.reasons) for line in stored)
    assert {1.0} == {line.distance for line in stored}
    indexed = shop.metrics.registry.get_sample_value("log_processor_lines_total", {"outcome": "indexed"})
    assert len(PASSING.splitlines()) + 1300 == indexed


@pytest.mark.parametrize(("text", "fetches"), [(UNKNOWN, 2), (FAILING, 1)])
def test_a_file_is_read_twice_only_where_its_baseline_does_not_fit(
    shop: Workshop, text: str, fetches: int
) -> None:
    shop.learn()
    with serving() as server:
        shop.allow(server.url("/"))
        shop.pipeline.process(shop.job(server.put("/log", content(text.encode()))))
        assert fetches == len(server.requests)


def test_a_log_server_that_is_away_the_second_time_holds_the_job(shop: Workshop) -> None:
    shop.learn()
    shop.run(UNKNOWN)
    expected = shop.documents()
    log = content(UNKNOWN.encode())
    with serving() as server:
        shop.allow(server.url("/"))
        payload = shop.job(server.put("/log", log, status(503), log), build="b2")
        with pytest.raises(FetchUnavailable):
            shop.pipeline.process(payload)
        assert 1300 == len(shop.lines("b2"))
        assert [] == shop.letters()
        assert Outcome.INDEXED is shop.pipeline.process(payload)
    assert [line.shown for line in expected[1]] == [line.shown for line in shop.lines("b2")]
    assert expected[0].findings == shop.file("b2").findings


def test_a_log_that_is_gone_the_second_time_stays_as_it_was_read(shop: Workshop) -> None:
    shop.learn()
    with serving() as server:
        shop.allow(server.url("/"))
        url = server.put("/log", content(UNKNOWN.encode()), status(404))
        assert Outcome.NOT_FOUND is shop.pipeline.process(shop.job(url))
    assert (Outcome.INDEXED, 1300) == (shop.file().outcome, shop.file().lines_read)
    assert 1300 == len(shop.lines())
    assert [Outcome.NOT_FOUND] == [letter.outcome for letter in shop.letters()]


def test_a_refused_line_of_a_file_that_is_read_twice_is_in_the_letter_once(shop: Workshop) -> None:
    shop.learn()
    shop.write_to(Choosy(shop.store, lambda line: line.number == 7))
    shop.run(UNKNOWN)
    (letter,) = shop.letters()
    assert (1, 1, 1299) == (letter.rejected, shop.file().lines_rejected, shop.file().lines_indexed)


def test_a_passing_build_whose_baseline_does_not_fit_teaches_each_line_once(shop: Workshop) -> None:
    shop.learn()
    shop.run(UNKNOWN, "b1", "SUCCESS")
    assert 2 == shop.segments()
    shop.run(UNKNOWN, "b2")
    assert {(0.0, 1)} == {(line.distance, line.seen_in) for line in shop.lines("b2")}


# ---- findings ---------------------------------------------------------------------------------------


def test_what_the_filter_found_is_in_the_file_document(shop: Workshop) -> None:
    passing = "unpacking\nchecking the signature\ncompiling\nlinking\n"
    shop.learn(passing)
    shop.run(passing.replace("checking the signature\n", ""))
    (finding,) = shop.file().findings
    assert ("missing", "checking the signature", None) == (finding.kind, finding.text, finding.line)
    assert finding.expected
    assert finding.seen


@pytest.mark.parametrize(("characters", "cut"), [(1000, False), (1001, True)])
def test_the_text_of_a_finding_has_a_bounded_length(shop: Workshop, characters: int, cut: bool) -> None:  # noqa: FBT001 - a table
    text = ("checking files " * 200)[: characters - 1] + "x"
    shop.learn(f"unpacking\n{text}\ncompiling\nlinking\n")
    shop.run("unpacking\ncompiling\nlinking\n")
    assert [text[:999] + "…" if cut else text] == [finding.text for finding in shop.file().findings]


def test_a_file_without_a_model_has_no_baseline_beside_what_was_found(shop: Workshop) -> None:
    shop.run(FAILING, "b1")
    shop.run("\n\n", "b2")
    assert ["no_baseline"] == [finding.kind for finding in shop.file("b1").findings]
    assert ["nothing_read", "no_baseline"] == [finding.kind for finding in shop.file("b2").findings]


def test_a_far_line_that_another_one_stands_for_is_not_shown(shop: Workshop) -> None:
    shop.learn()
    shop.run(PASSING + "no space left on device\n" + PASSING + "no space left on device\n")
    far = [line for line in shop.lines() if line.reasons]
    assert [(4, 4, True), (8, 4, False)] == [(line.number, line.group, line.shown) for line in far]
    assert (2, 1) == (shop.file().lines_far, shop.file().lines_shown)


def test_a_score_is_that_of_the_library_to_six_digits(shop: Workshop) -> None:
    shop.learn("the quick brown fox jumps over the lazy dog again\nanother line of seven words here\n")
    text = "the quick brown cat jumps over a lazy dog\nanother line of seven words here\n"
    shop.run(text)
    model = shop.models.find(model_name({**_fields(), "filename": "job-output.txt"}), without_build="b1")
    assert model is not None
    scored = AnomalyFilter(model.model).scored(lines([text.encode()]))
    assert [round(line.score or 0, 6) for line in scored] == [line.score for line in shop.lines()]
    assert 0 < (shop.lines()[1].score or 0) < (shop.lines()[0].score or 0)
    assert 0 == shop.lines()[1].distance


# ---- learning ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "build_status", "segments"),
    [
        (("SUCCESS",), "SUCCESS", 1),
        (("SUCCESS",), "FAILURE", 0),
        (("SUCCESS",), "", 0),
        (("passed", "unstable"), "unstable", 1),
        (("passed", "unstable"), "SUCCESS", 0),
        ((), "SUCCESS", 0),
    ],
)
def test_builds_of_the_named_statuses_teach(
    shop: Workshop, statuses: tuple[str, ...], build_status: str, segments: int
) -> None:
    shop.pipeline.rules = Rules(learn_statuses=statuses)
    shop.run(PASSING, status=build_status)
    assert segments == shop.segments()
    assert segments == shop.metrics.registry.get_sample_value("log_processor_learned_total")


@pytest.mark.parametrize("failing", ["file", "write", "put_file"])
def test_a_build_teaches_only_after_its_documents_are_acknowledged(shop: Workshop, failing: str) -> None:
    store = Unsteady(shop.store)
    store.failures[failing], store.lines = 1, 5
    shop.write_to(store)
    with pytest.raises(StoreUnavailable):
        shop.run(MANY, status="SUCCESS")
    assert 0 == shop.segments()
    assert [] == shop.letters()
    assert "indexed" == shop.run(MANY, status="SUCCESS")
    assert 1 == shop.segments()
    assert 26 == len(shop.lines())


def test_the_last_acknowledgement_counts_too(shop: Workshop) -> None:
    class LastPut(Unsteady):
        def put_file(self, document: object) -> None:
            if document.outcome is Outcome.INDEXED:  # type: ignore[attr-defined]
                raise StoreUnavailable("away")
            super().put_file(document)  # type: ignore[arg-type]

    shop.write_to(LastPut(shop.store))
    with pytest.raises(StoreUnavailable):
        shop.run(MANY, status="SUCCESS")
    assert (0, 26, Outcome.RUNNING) == (shop.segments(), len(shop.lines()), shop.file().outcome)


def test_a_build_is_never_its_own_baseline(shop: Workshop) -> None:
    shop.learn("another build printed this\n", "other")
    shop.run(PASSING, "b1", "SUCCESS")
    first = shop.documents()
    assert 2 == shop.segments()
    shop.run(PASSING, "b1", "SUCCESS")
    assert first == shop.documents()
    assert {1.0} == {line.distance for line in shop.lines()}


def test_a_build_without_another_one_to_compare_with_has_no_model_even_the_second_time(
    shop: Workshop,
) -> None:
    shop.run(PASSING, status="SUCCESS")
    shop.run(PASSING, status="SUCCESS")
    assert {None} == {line.distance for line in shop.lines()}


def test_models_that_cannot_be_written_hold_no_job(shop: Workshop) -> None:
    shop.models.root.write_text("a file where the folder should be")
    assert "indexed" == shop.run(PASSING, status="SUCCESS")
    assert 1 == shop.metrics.registry.get_sample_value("log_processor_learn_errors_total")
    assert 3 == len(shop.lines())


def test_a_file_that_was_cut_short_teaches_nothing(shop: Workshop) -> None:
    assert "corrupt" == shop.run(gzip.compress(MANY.encode())[:-12], status="SUCCESS")
    assert 0 == shop.segments()


# ---- named ends -------------------------------------------------------------------------------------


def test_the_log_of_an_aborted_build_is_not_fetched(shop: Workshop) -> None:
    with serving() as server:
        shop.allow(server.url("/"))
        assert Outcome.SKIPPED is shop.pipeline.process(shop.job(server.url("/log"), status="ABORTED"))
        assert [] == server.requests
    assert (Outcome.SKIPPED, 0, "") == (shop.file().outcome, shop.file().lines_read, shop.file().reason)
    assert [] == shop.letters()


@pytest.mark.parametrize(
    "payload", [b"", b"\xff\xfe", b"[]", b'{"source_url": "http://h/", "event": {"fields": {}}}', b"{" * 5000]
)
def test_a_malformed_payload_is_a_dead_letter_with_the_reason(shop: Workshop, payload: bytes) -> None:
    assert Outcome.MALFORMED is shop.pipeline.process(payload)
    (letter,) = shop.letters()
    assert (payload, Outcome.MALFORMED) == (letter.payload, letter.outcome)
    assert "expected" in letter.reason
    assert [] == _stored_files(shop)
    assert 1 == _jobs(shop, "malformed")


def _stored_files(shop: Workshop) -> list[object]:
    return shop.store._connected().execute("SELECT * FROM files").fetchall()


def _jobs(shop: Workshop, outcome: str) -> float | None:
    return shop.metrics.registry.get_sample_value("log_processor_jobs_total", {"outcome": outcome})


def ended_early(shop: Workshop, outcome: Outcome, lines_read: int, reason: str) -> None:
    """The same is said by the dead letter, the file document and the metrics."""
    document = shop.file()
    (letter,) = shop.letters()
    assert (outcome, lines_read) == (document.outcome, document.lines_read)
    assert reason in document.reason
    assert (outcome, document.reason) == (letter.outcome, letter.reason)
    assert lines_read == document.lines_indexed == len(shop.lines())
    assert 1 == _jobs(shop, outcome.value)


def test_an_address_that_is_not_allowed_is_refused(shop: Workshop) -> None:
    assert Outcome.REFUSED is shop.pipeline.process(shop.job("http://10.0.0.1/secret?token=x"))
    ended_early(shop, Outcome.REFUSED, 0, "http://10.0.0.1/secret: not covered by fetch.allow")
    assert "token" not in shop.file().reason


def test_a_file_that_does_not_come_is_not_found(shop: Workshop) -> None:
    assert Outcome.NOT_FOUND is shop.pipeline.process(shop.job(f"file://{shop.logs}/none.txt"))
    ended_early(shop, Outcome.NOT_FOUND, 0, "there is no such file")


def test_of_a_file_that_is_too_large_the_beginning_is_stored(tmp_path: Path) -> None:
    settings = FetchSettings(allow=(f"file://{tmp_path}/",), max_bytes=100)
    with closing(Workshop(tmp_path, fetch=settings)) as shop:
        assert "too_large" == shop.run(gzip.compress((MANY * 9000).encode()))
        document = shop.file()
        ended_early(shop, Outcome.TOO_LARGE, document.lines_read, "fetch.max_bytes")


def test_of_a_damaged_file_the_beginning_is_stored(shop: Workshop) -> None:
    assert "corrupt" == shop.run(gzip.compress(MANY.encode())[:-12])
    ended_early(shop, Outcome.CORRUPT, shop.file().lines_read, "")
    assert 20 < shop.file().lines_read


def test_a_file_whose_first_byte_is_damaged_stores_nothing_and_says_so(shop: Workshop) -> None:
    assert "corrupt" == shop.run(bz2.compress(MANY.encode())[:20])
    ended_early(shop, Outcome.CORRUPT, 0, "")
    assert ["nothing_read"] == [finding.kind for finding in shop.file().findings]


def test_an_indexed_file_stays_indexed_when_its_log_is_gone_later(shop: Workshop) -> None:
    url = shop.log("x.txt", FAILING)
    shop.pipeline.process(shop.job(url))
    before = shop.documents()
    (shop.logs / "x.txt").unlink()
    assert Outcome.NOT_FOUND is shop.pipeline.process(shop.job(url))
    assert before == shop.documents()
    assert [Outcome.NOT_FOUND] == [letter.outcome for letter in shop.letters()]


def test_what_was_read_of_a_damaged_file_stays_when_its_log_is_gone_later(shop: Workshop) -> None:
    shop.run(gzip.compress(MANY.encode())[:-12])
    before = shop.documents()
    (shop.logs / "b1.txt").unlink()
    shop.pipeline.process(shop.job((shop.logs / "b1.txt").as_uri()))
    assert before == shop.documents()


def test_a_later_run_replaces_an_earlier_failure(shop: Workshop) -> None:
    shop.pipeline.process(shop.job(f"file://{shop.logs}/b1.txt"))
    assert Outcome.NOT_FOUND is shop.file().outcome
    shop.run(FAILING)
    assert (Outcome.INDEXED, "") == (shop.file().outcome, shop.file().reason)


def test_a_job_is_given_up_with_a_reason(shop: Workshop) -> None:
    payload = shop.job("http://127.0.0.1/x")
    assert Outcome.FETCH_FAILED is shop.pipeline.give_up(payload, Outcome.FETCH_FAILED, "away for long")
    ended_early(shop, Outcome.FETCH_FAILED, 0, "away for long")


def test_a_malformed_job_is_given_up_as_malformed(shop: Workshop) -> None:
    assert Outcome.MALFORMED is shop.pipeline.give_up(b"{}", Outcome.INTERNAL_ERROR, "a bug")
    assert [Outcome.MALFORMED] == [letter.outcome for letter in shop.letters()]


def test_what_an_unfinished_run_stored_of_a_given_up_file_is_deleted(shop: Workshop) -> None:
    with serving() as server:
        shop.allow(server.url("/"))
        payload = shop.job(server.put("/log", cut(b"line\n" * 5000, sent=20_000), status(500)))
        with pytest.raises(FetchUnavailable):
            shop.pipeline.process(payload)
    assert Outcome.RUNNING is shop.file().outcome
    assert 0 < len(shop.lines())
    shop.pipeline.give_up(payload, Outcome.FETCH_FAILED, "away for long")
    ended_early(shop, Outcome.FETCH_FAILED, 0, "away for long")


@pytest.mark.parametrize("longer", [False, True])
def test_a_file_that_was_whole_stays_whole_when_another_run_is_given_up(shop: Workshop, longer: bool) -> None:  # noqa: FBT001 - a table
    whole = b"line\n" * 5000
    with serving() as server:
        shop.allow(server.url("/"))
        again = whole + b"more\n" * 5000 if longer else whole
        sent = len(whole) + 20_000 if longer else 20_000
        payload = shop.job(server.put("/log", content(whole), cut(again, sent=sent), status(500)))
        assert Outcome.INDEXED is shop.pipeline.process(payload)
        before = shop.lines()
        with pytest.raises(FetchUnavailable):
            shop.pipeline.process(payload)
    assert (Outcome.RUNNING, 5000) == (shop.file().outcome, shop.file().lines_read)
    assert Outcome.FETCH_FAILED is shop.pipeline.give_up(payload, Outcome.FETCH_FAILED, "away for long")
    assert (Outcome.INDEXED, 5000) == (shop.file().outcome, shop.file().lines_read)
    assert before == shop.lines()
    assert [Outcome.FETCH_FAILED] == [letter.outcome for letter in shop.letters()]


# ---- servers that are away --------------------------------------------------------------------------


def test_an_unavailable_log_server_leaves_no_letter_and_no_document(shop: Workshop) -> None:
    with serving() as server:
        shop.allow(server.url("/"))
        url = server.put("/log", status(503))
        with pytest.raises(FetchUnavailable):
            shop.pipeline.process(shop.job(url))
    assert ([], None, []) == (
        shop.letters(),
        shop.found(),
        list(shop.dead_letters.root.parent.glob("dead*/*")),
    )


def test_an_unavailable_store_leaves_no_letter_even_after_a_line_was_refused(shop: Workshop) -> None:
    store = Choosy(shop.store, lambda line: line.number == 2)
    store.failures["write"], store.lines = 1, 5
    shop.write_to(store)
    with pytest.raises(StoreUnavailable):
        shop.run(MANY)
    assert [] == list(shop.dead_letters.root.iterdir())


def test_a_spool_that_cannot_be_written_holds_the_job(shop: Workshop) -> None:
    shop.dead_letters.root.write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match=r"dead letters in .* cannot be written"):
        shop.pipeline.process(b"malformed")


def test_refused_lines_are_in_the_dead_letter_and_the_job_is_done(shop: Workshop) -> None:
    shop.write_to(Choosy(shop.store, lambda line: "files" in line.message))
    assert "indexed" == shop.run(FAILING)
    document = shop.file()
    assert (3, 2, 1) == (document.lines_read, document.lines_indexed, document.lines_rejected)
    (letter,) = shop.letters()
    assert (Outcome.INDEXED, 1, "the store refused 1 of 3 lines") == (
        letter.outcome,
        letter.rejected,
        letter.reason,
    )
    record = json.loads(letter.path.read_text().splitlines()[1])
    assert "document_parsing_exception" == record["reason"]
    assert ("compiling 35 files", 2) == (record["line"]["message"], record["line"]["log"]["line"])


def test_a_letter_has_the_refused_lines_also_when_the_file_was_cut_short(shop: Workshop) -> None:
    shop.write_to(Choosy(shop.store, lambda line: line.number == 3))
    shop.run(gzip.compress(MANY.encode())[:-12])
    (letter,) = shop.letters()
    assert (Outcome.CORRUPT, 1) == (letter.outcome, letter.rejected)


# ---- doing it twice ---------------------------------------------------------------------------------


def test_the_same_job_twice_leaves_the_same_documents(shop: Workshop) -> None:
    shop.learn()
    shop.run(FAILING)
    first = shop.documents()
    shop.clock.advance(days=1)
    shop.run(FAILING)
    assert first == shop.documents()


def test_a_shorter_rerun_leaves_no_stale_lines(shop: Workshop) -> None:
    shop.run(MANY)
    shop.run(FAILING)
    assert FAILING.splitlines() == shop.texts()
    assert 3 == shop.file().lines_read


def test_a_shorter_rerun_after_a_crash_leaves_no_stale_lines(shop: Workshop) -> None:
    store = Unsteady(shop.store)
    store.failures["write"], store.lines = 1, 25
    shop.write_to(store)
    with pytest.raises(StoreUnavailable):
        shop.run(MANY)
    assert (Outcome.RUNNING, 25) == (shop.file().outcome, len(shop.lines()))
    shop.run(FAILING)
    assert FAILING.splitlines() == shop.texts()


def test_a_crash_while_stale_lines_are_deleted_is_mended_by_the_next_run(shop: Workshop) -> None:
    shop.run(MANY)
    store = Unsteady(shop.store)
    store.failures["forget_after"] = 1
    shop.write_to(store)
    with pytest.raises(StoreUnavailable):
        shop.run(FAILING)
    shop.run(FAILING)
    assert FAILING.splitlines() == shop.texts()


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), min_size=1, max_size=5))
def test_whatever_happened_before_the_last_whole_run_decides(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, runs: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr("log_processor.pipeline._BATCH_LINES", 3)
    store = Unsteady(shop.store)
    shop.write_to(store)
    for length, failures in runs:
        store.failures["write"], store.lines = failures, length // 2
        for _ in range(failures):
            with pytest.raises(StoreUnavailable):
                shop.run("some line\n" * length)
        shop.run("some line\n" * length)
        assert length == len(shop.lines()) == shop.file().lines_read == shop.file().lines_indexed


def test_runs_that_end_in_the_middle_of_a_long_log_harm_none_after_them(shop: Workshop) -> None:
    shop.learn()
    store = Unsteady(shop.store)
    shop.write_to(store)
    log = FAILING * 1000
    store.lines = 1500
    for _ in range(5):
        store.failures["write"] = 2
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                shop.run(log)
        assert "indexed" == shop.run(log)
    assert log.splitlines() == shop.texts()


# ---- the build's day --------------------------------------------------------------------------------

DATED = "no date here\n2026-03-05 10:00:00 a dated line\n"


def test_the_day_is_that_of_the_start_of_the_build(shop: Workshop) -> None:
    shop.run(DATED, build_start="2026-03-08T23:59:00Z")
    assert (date(2026, 3, 8), DaySource.BUILD_START) == (shop.file().file.day, shop.file().day_source)


def test_else_that_of_the_last_change_of_the_file(shop: Workshop) -> None:
    url = shop.log("x.txt", DATED, modified=datetime(2026, 3, 7, 1, tzinfo=timezone.utc))
    shop.pipeline.process(shop.job(url, build_start=None))
    assert (date(2026, 3, 7), DaySource.LAST_MODIFIED) == (shop.file().file.day, shop.file().day_source)


def undated_server(shop: Workshop, text: str) -> None:
    with serving() as server:
        shop.allow(server.url("/"))
        url = server.put("/log", content(text.encode()))
        shop.pipeline.process(shop.job(url, build_start=None))


def test_else_that_of_the_first_dated_line(shop: Workshop) -> None:
    undated_server(shop, DATED)
    assert (date(2026, 3, 5), DaySource.FIRST_LINE) == (shop.file().file.day, shop.file().day_source)


def test_else_today(shop: Workshop) -> None:
    undated_server(shop, "no date here\n")
    assert (NOON.date(), DaySource.TODAY) == (shop.file().file.day, shop.file().day_source)


@pytest.mark.parametrize("start", ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z", 1, "soon", ["x"]])
def test_a_start_that_cannot_be_names_no_day(shop: Workshop, start: object) -> None:
    shop.run(DATED, build_start=start, status="SUCCESS")
    assert (NOON.date(), DaySource.LAST_MODIFIED) == (shop.file().file.day, shop.file().day_source)
    (_, (segment,)) = next(iter(shop.models.models()))
    assert NOON.date() == segment.built_at.date()


def test_a_last_change_that_cannot_be_names_no_day(shop: Workshop) -> None:
    url = shop.log("x.txt", DATED, modified=datetime(1970, 1, 2, tzinfo=timezone.utc))
    shop.pipeline.process(shop.job(url, build_start=None))
    assert (date(2026, 3, 5), DaySource.FIRST_LINE) == (shop.file().file.day, shop.file().day_source)


def test_a_retry_keeps_the_day(shop: Workshop) -> None:
    undated_server(shop, "no date here\n")
    shop.clock.advance(days=3)
    undated_server(shop, "no date here, but more\nof it\n")
    assert (NOON.date(), DaySource.TODAY) == (shop.file().file.day, shop.file().day_source)


def test_a_line_without_a_time_has_that_of_the_line_before_or_of_the_build(shop: Workshop) -> None:
    shop.run("no date\n2026-03-08 23:59:59.250 dated\nno date either\n")
    start = datetime(2026, 3, 8, 23, 59, tzinfo=timezone.utc)
    dated = start + timedelta(seconds=59, milliseconds=250)
    assert [start, dated, dated] == [line.timestamp for line in shop.lines()]


# ---- what is counted --------------------------------------------------------------------------------


def test_metrics_agree_with_the_documents(shop: Workshop) -> None:
    shop.learn(MANY)
    shop.write_to(Choosy(shop.store, lambda line: "step c" in line.message))
    shop.run(MANY + FAILING)
    shop.run(gzip.compress(MANY.encode())[:-12], "b2")
    documents = [shop.file(build) for build in ("pass", "b1", "b2")]
    sample = shop.metrics.registry.get_sample_value
    for outcome in ("indexed", "rejected", "far", "shown"):
        assert sum(getattr(d, f"lines_{outcome}") for d in documents) == sample(
            "log_processor_lines_total", {"outcome": outcome}
        )
    assert 1 == sample("log_processor_findings_total", {"kind": "no_baseline"})
    assert (2, 1) == (_jobs(shop, "indexed"), _jobs(shop, "corrupt"))
    assert sum(d.bytes_read for d in documents) == sample("log_processor_bytes_total")
    assert 3 == sample("log_processor_job_seconds_count")
    assert (1, 2) == tuple(
        sample("log_processor_models_total", {"status": s}) for s in ("no_model", "scored")
    )
    assert all(
        0 <= (sample("log_processor_stage_seconds_total", {"stage": stage}) or 0)
        for stage in ("fetch", "score", "document", "write")
    )


def test_the_age_of_the_model_is_that_of_its_newest_build(shop: Workshop) -> None:
    shop.learn(build_start="2026-03-01T12:00:00Z")
    shop.learn(build="pass2", build_start="2026-03-02T12:00:00Z")
    shop.run(FAILING)
    age = shop.metrics.registry.get_sample_value("log_processor_model_age_seconds")
    assert timedelta(days=7).total_seconds() == age
    assert 7.0 == shop.file().file.scoring.age_days


def test_a_file_without_a_model_has_no_age_of_one(shop: Workshop) -> None:
    shop.run(FAILING)
    assert shop.file().file.scoring.age_days is None


def test_the_lag_is_from_the_last_change_of_the_log_to_its_first_storing(shop: Workshop) -> None:
    url = shop.log("b1.txt", FAILING, NOON - timedelta(minutes=5))
    shop.pipeline.process(shop.job(url))
    assert 300.0 == shop.file().lag_seconds

    shop.clock.advance(days=3)
    shop.pipeline.process(shop.job(url))
    assert 300.0 == shop.file().lag_seconds


def test_a_log_of_a_time_that_cannot_be_has_no_lag(shop: Workshop) -> None:
    shop.pipeline.process(shop.job(shop.log("b1.txt", FAILING, NOON.replace(year=1990))))
    assert shop.file().lag_seconds is None


def test_a_log_of_a_clock_that_is_ahead_has_no_negative_lag(shop: Workshop) -> None:
    shop.pipeline.process(shop.job(shop.log("b1.txt", FAILING, NOON + timedelta(hours=1))))
    assert 0.0 == shop.file().lag_seconds


def test_the_job_s_fields_are_in_its_documents(shop: Workshop) -> None:
    shop.run(FAILING, voting="1", novelty={"deep": 1}, build_files=7)
    document = shop.file()
    assert ("unit", 1) == (document.file.fields["build_name"], document.file.fields["voting"])
    assert {"novelty": {"deep": 1}} == document.file.extra
    assert 7 == document.build_files
    assert ("job-output.txt",) == document.file.tags


def test_a_file_of_many_chunks_goes_through_in_order(shop: Workshop) -> None:
    text = "".join(f"line {number}\n" for number in range(1, 3001))
    shop.run(text)
    assert list(range(1, 3001)) == [line.number for line in shop.lines()]
    assert text.splitlines() == shop.texts()


def test_a_line_document_holds_what_the_filter_said(shop: Workshop) -> None:
    shop.learn()
    shop.run("no space left on device\n")
    (line,) = shop.lines()
    expected = LineDocument(
        1,
        line.timestamp,
        "no space left on device",
        distance=1.0,
        seen_in=0,
        reasons=line.reasons,
        score=1.0,
        group=1,
    )
    assert "novel" in line.reasons
    assert expected == line._replace(fingerprint=None)
    assert 16 == len(line.fingerprint or "")
