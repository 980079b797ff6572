"""A cluster that is killed while `anomaly-query` reads: the answer is whole, or it is said that it is not."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from log_processor.document import LineDocument
from log_processor.errors import StoreUnavailable
from log_processor.exits import Exit
from log_processor.query import cli as query_cli
from log_processor.stores.elastic_reader import PAGE, ElasticReader
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.settings import StoreSettings
from tests.log_processor.daemon_process import environment, query_command
from tests.log_processor.documents import a_document, a_file, a_line, no_reject
from tests.services.indices import ask, own_indices
from tests.services.servers import SearchServer, wait_until

FILE = a_file()
LINES = 6 * PAGE - 1
SECONDS = 60
STREAMED = ("jsonl", "csv", "table")
"""Forms that are printed as pages come; of the others all of the answer is there before it is printed."""
FORMS = (*STREAMED, "json", "markdown", "brief")


def far_lines() -> Iterator[LineDocument]:
    for number in range(1, LINES + 1):
        yield a_line(number, distance=0.5, reasons=("novel",))._replace(fingerprint=f"{number % 997:016x}")


@pytest.fixture
def settings(cluster_server: SearchServer) -> Iterator[StoreSettings]:
    with own_indices(cluster_server.url) as settings:
        with closing(ElasticStore(settings)) as store:
            store.prepare()
            store.write(FILE, far_lines(), no_reject)
            document = replace(a_document(FILE), lines_read=LINES, lines_far=LINES, lines_shown=LINES)
            store.put_file(document)
        yield settings


class Asking:
    """`anomaly-query` as a process that is stopped after some pages."""

    def __init__(self, settings: StoreSettings, form: str) -> None:
        self.process = subprocess.Popen(
            query_command(settings.url, "--build-uuid", FILE.build_uuid, "--format", form),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(
                LOG_PROCESSOR_STORE_INDEX_PREFIX=settings.index_prefix,
                LOG_PROCESSOR_STORE_FILES_INDEX=settings.files_index,
            ),
            text=True,
        )
        self._settings = settings
        self._form = form
        self._begin = ""

    def stop(self) -> None:
        """Stop it in the middle."""
        if self._form in STREAMED:
            # Nobody reads what follows yet, so it cannot come to its end.
            assert self.process.stdout is not None
            self._begin = "".join(self.process.stdout.readline() for _ in range(100))
            assert self._begin
        else:
            before = searches(self._settings)
            wait_until(lambda: searches(self._settings) > before + 2, seconds=SECONDS, what="some pages")
        self.process.send_signal(signal.SIGSTOP)

    def answer(self) -> tuple[int, str, str]:
        """Let it go on; return status, output and what it said of errors."""
        self.process.send_signal(signal.SIGCONT)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        out, err = self._begin + self.process.stdout.read(), self.process.stderr.read()
        return self.process.wait(SECONDS), out, err


@pytest.fixture
def asking(settings: StoreSettings) -> Iterator[dict[str, Asking]]:
    """One process for each form."""
    processes: dict[str, Asking] = {}
    try:
        for form in FORMS:
            processes[form] = Asking(settings, form)
            processes[form].stop()
        yield processes
    finally:
        for each in processes.values():
            each.process.kill()
            each.process.communicate()


def whole(settings: StoreSettings, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the whole answer in each form."""
    answers = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOG_PROCESSOR_STORE_INDEX_PREFIX", settings.index_prefix)
        patch.setenv("LOG_PROCESSOR_STORE_FILES_INDEX", settings.files_index)
        for form in FORMS:
            words = ["--store", settings.url, "--build-uuid", FILE.build_uuid, "--format", form]
            assert Exit.DONE == query_cli.main(words)
            answers[form] = capsys.readouterr().out
    assert LINES == answers["jsonl"].count('"type": "line"')
    return answers


def test_an_answer_that_breaks_off_says_so(
    cluster_server: SearchServer,
    settings: StoreSettings,
    asking: dict[str, Asking],
    capsys: pytest.CaptureFixture[str],
) -> None:
    cluster_server.kill()
    try:
        answers = {form: each.answer() for form, each in asking.items()}
    finally:
        cluster_server.start()
    expected = whole(settings, capsys)
    for form, (status, out, err) in answers.items():
        assert Exit.UNREACHABLE == status, err
        assert expected[form].startswith(out)
        assert len(out) < len(expected[form])
        assert "anomaly-query: the answer is not whole, ask again: " in err
        assert "cannot be reached" in err
        assert "Traceback" not in err


def test_a_cluster_that_is_back_before_the_next_page_is_asked_for_changes_nothing(
    cluster_server: SearchServer,
    settings: StoreSettings,
    asking: dict[str, Asking],
    capsys: pytest.CaptureFixture[str],
) -> None:
    cluster_server.kill()
    cluster_server.start()
    answers = {form: each.answer() for form, each in asking.items()}
    expected = whole(settings, capsys)
    for form, answer in answers.items():
        assert (Exit.DONE, expected[form], "") == answer


def searches(settings: StoreSettings) -> int:
    """Return how often the lines were searched."""
    stats = ask("GET", f"{settings.url}/{settings.lines_index(FILE.day)}/_stats/search")
    return int(stats["_all"]["total"]["search"]["query_total"])


def test_lines_that_are_deleted_while_they_are_read_are_missed(settings: StoreSettings) -> None:
    with closing(ElasticReader(settings)) as reader:
        lines = reader.far_lines(FILE, None)
        assert 1 == next(lines).number
        ask("DELETE", f"{settings.url}/{settings.lines_index(FILE.day)}")
        with pytest.raises(StoreUnavailable, match="was deleted while it was read: ask again"):
            list(lines)
