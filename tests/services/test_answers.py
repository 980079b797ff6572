"""Real builds, processed into SQLite and a cluster at once: all that dashboards and `anomaly-query` answer, compared.

What the dashboards ask a cluster is compared with what plain Python says of the documents as they were handed over,
`anomaly-query` on a cluster with `anomaly-query` on SQLite. Usually the demo's builds and a few of
../shared/data/bugswarm-dev are taken; `make compare` takes all of these, and more questions.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from anomaly_filter import ModelStore
from log_processor.dashboards.boards import DASHBOARDS, SEARCHES
from log_processor.dashboards.exports import Product, objects
from log_processor.dashboards.model import Condition, Dashboard, Panel, Search, Source
from log_processor.dashboards.query import Listing, Query
from log_processor.dashboards.questions import listings, queries, span
from log_processor.dashboards.saved import Indices
from log_processor.dead_letters import DeadLetters
from log_processor.fetch.fetcher import Fetcher
from log_processor.fetch.settings import FetchSettings
from log_processor.metrics import Metrics
from log_processor.pipeline import Pipeline
from log_processor.query import cli as query_cli
from log_processor.query.similar import fingerprints
from log_processor.stores.contract import Sighting
from log_processor.stores.elastic_store import ElasticStore
from log_processor.stores.opening import open_reader
from log_processor.stores.settings import StoreSettings
from log_processor.stores.sqlite_store import SqliteStore
from tests.log_processor.dashboards.plain import Document, agree, answer, holds, listed, values
from tests.services.conftest import BOTH
from tests.services.daemons import log_server
from tests.services.handed_over import HandedOver
from tests.services.indices import ask, own_indices
from tests.services.real_builds import BUGSWARM, RealBuild, lay_out_bugswarm, process, run_demo

ALL = os.environ.get("COMPARE") == "all"
FEW = {"dita-ot__dita-ot__job1", "zeroturnaround__zt-zip__job2", "openpnp-openpnp-213669200"}
PICKS = 40 if ALL else 2
"""Values of each control of a dashboard that are picked."""
FORMATS = ("table", "jsonl", "json", "csv", "markdown", "brief")


@dataclass(frozen=True)
class Laid:
    """Logs as a server has them, and the builds that wrote them."""

    root: Path
    builds: list[RealBuild]


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    root = tmp_path_factory.mktemp("logs")
    demo = run_demo(root)
    others: list[RealBuild] = []
    if BUGSWARM.is_dir():
        others = lay_out_bugswarm(root, demo[0].start, lambda job: ALL or job in FEW)
    return Laid(root, [*others, *demo])


@dataclass
class Filled:
    """Two stores that were given the same."""

    handed: HandedOver
    builds: list[RealBuild]
    sqlite: StoreSettings
    cluster: StoreSettings

    @property
    def indices(self) -> Indices:
        return Indices(f"{self.cluster.index_prefix}*", self.cluster.files_index)

    @cached_property
    def documents(self) -> dict[Source, list[Document]]:
        files = [*self.handed.file_documents()]
        return {Source.LINES: [*self.handed.line_documents()], Source.FILES: files, Source.WORK: files}

    @cached_property
    def time(self) -> tuple[datetime, datetime]:
        """Whole hours between which the builds ran; logs name other times, too."""
        starts = [build.start.replace(minute=0, second=0) for build in self.builds]
        return min(starts), max(starts) + timedelta(hours=2)

    @cached_property
    def exported(self) -> dict[Product, tuple[dict[str, Query], dict[str, Listing]]]:
        """What each export asks, by panel and by saved search."""
        found = {}
        for product in Product:
            exported = objects(product, self.indices)
            found[product] = (
                {query.panel: query for query in queries(exported, *self.time)},
                {listing.search: listing for listing in listings(exported, *self.time)},
            )
        return found

    def ask(self, question: Query | Listing, picked: Sequence[Condition] = ()) -> Any:
        """Ask the cluster what a panel asks, where the reader has picked values."""
        picks = [{"term": {each.field: each.values[0]}} for each in picked]
        meant = {"bool": {"filter": [question.body["query"], *picks]}}
        return ask("POST", f"{self.cluster.url}/{question.index}/_search", {**question.body, "query": meant})

    @property
    def far(self) -> Counter[str]:
        """In how many builds each fingerprint is."""
        found = {
            (line.fingerprint, self.handed.files[key].file.build_uuid)
            for key, lines in self.handed.lines.items()
            for line in lines.values()
        }
        return Counter(fingerprint for fingerprint, _ in found if fingerprint is not None)


@pytest.fixture(scope="module", params=BOTH)
def filled(
    request: pytest.FixtureRequest, laid: Laid, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    folder = tmp_path_factory.mktemp(request.param)
    sqlite = StoreSettings(f"sqlite:///{folder}/store.sqlite")
    with own_indices(request.getfixturevalue(request.param)) as cluster, log_server(laid.root) as url:
        handed = HandedOver((SqliteStore(folder / "store.sqlite", 30, 1000), ElasticStore(cluster)))
        letters = DeadLetters(folder / "dead-letters", lambda: datetime.now(timezone.utc))
        with closing(handed), closing(Fetcher(FetchSettings(allow=(url + "/",)))) as fetcher:
            handed.prepare()
            models = ModelStore(folder / "models")
            process(Pipeline(fetcher, handed, models, letters, Metrics()), laid.builds, laid.root, url)
        assert [] == [*letters]
        found = Filled(handed, laid.builds, sqlite, cluster)
        for index in (found.indices.lines, found.indices.files):
            ask("POST", f"{cluster.url}/{index}/_refresh")
        lines = sum(map(len, handed.lines.values()))
        told(f"{request.param}: {len(laid.builds)} builds, {len(handed.files)} files, {lines:,} lines")
        yield found


def test_all_of_the_archive_is_there_or_it_is_said_that_it_is_not(filled: Filled) -> None:
    if not BUGSWARM.is_dir():
        pytest.skip("../shared/data/bugswarm-dev is not here: only the demo's builds were compared")
    assert (28 if ALL else 8) == sum(build.job != "demo-job" for build in filled.builds)


def test_the_builds_have_what_the_comparison_is_for(filled: Filled) -> None:
    documents = filled.documents
    shown = [each for each in documents[Source.LINES] if each["anomaly"]["shown"]]
    assert 0 < len(shown) < len(documents[Source.LINES]) // 10
    assert {"demo/inventory"} <= {each["project"] for each in shown}
    assert {"scored", "no_model"} <= {each["anomaly"]["status"] for each in documents[Source.FILES]}


def told(figures: str) -> None:
    print(f"\n{figures}")  # noqa: T201 - `make compare` is run for them


# ---- dashboards -------------------------------------------------------------------------------------


def test_each_panel_answers_what_plain_python_says(filled: Filled) -> None:
    asked = 0
    differing: list[str] = []
    for board in DASHBOARDS:
        for picked in picks(filled, board):
            documents = {
                source: [each for each in documents if all(holds(pick, each) for pick in picked)]
                for source, documents in filled.documents.items()
            }
            for panel in board.panels:
                if isinstance(panel, Panel):
                    asked += len(Product)
                    differing += differences(filled, panel, picked, documents[panel.question.source])
    told(f"{asked} answers of panels, {asked - len(differing)} equal")
    assert [] == differing
    assert asked > 100


def picks(filled: Filled, board: Dashboard) -> Iterator[tuple[Condition, ...]]:
    """Give what a reader may pick on a dashboard: nothing, or one value of one control, the most frequent ones."""
    yield ()
    for control in board.controls:
        found = Counter(
            value for each in filled.documents[control.source] for value in values(each, control.field)
        )
        for value, _ in found.most_common(PICKS):
            yield (Condition(control.field, (value,)),)


def differences(
    filled: Filled, panel: Panel, picked: Sequence[Condition], documents: list[Document]
) -> Iterator[str]:
    """Give what the exports of a panel answer otherwise than plain Python does for the documents that are picked."""
    seconds = int(span(*filled.time).total_seconds())
    expected = answer(panel.question, documents, *filled.time, seconds)
    for product in Product:
        query = filled.exported[product][0][panel.id]
        rows = query.rows(filled.ask(query, picked))
        if not agree(expected, rows, panel.question):
            yield f"{panel.id} of {product.value}, {[*picked]}:\n  {expected}\n  {rows}"


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.id)
def test_each_saved_search_lists_what_plain_python_says(filled: Filled, search: Search) -> None:
    documents = filled.documents[search.source]
    expected = listed(search, documents, *filled.time)
    by_place = {place(each): each for each in documents}
    for product in Product:
        listing = filled.exported[product][1][search.id]
        found = [hit["_source"] for hit in filled.ask(listing)["hits"]["hits"]]
        assert [values(each, search.order) for each in expected] == [
            values(each, search.order) for each in found
        ]
        for each in found:
            for column in listing.columns:
                assert values(by_place[place(each)], column) == values(each, column)


def place(document: Document) -> tuple[Any, ...]:
    return document["build_uuid"], document["filename"], *values(document, "log.line")


# ---- anomaly-query ----------------------------------------------------------------------------------


def test_each_line_is_read_as_it_was_handed_over(filled: Filled) -> None:
    for settings in (filled.sqlite, filled.cluster):
        with closing(open_reader(settings)) as reader:
            for key, document in filled.handed.files.items():
                assert document in reader.files(document.file.build_uuid)
                assert [*filled.handed.lines[key].values()] == [*reader.far_lines(document.file, 0)]


def test_what_is_known_of_a_fingerprint_is_what_plain_python_counts(filled: Filled) -> None:
    expected = sightings(filled.documents[Source.LINES])
    assert expected
    for settings in (filled.sqlite, filled.cluster):
        with closing(open_reader(settings)) as reader:
            assert expected == reader.sightings([*expected, "0" * 16])


def sightings(lines: list[Document]) -> dict[str, Sighting]:
    found: dict[str, list[Document]] = {}
    for each in lines:
        for fingerprint in values(each, "anomaly.fingerprint"):
            found.setdefault(fingerprint, []).append(each)
    return {fingerprint: sighting(found[fingerprint]) for fingerprint in found}


def sighting(lines: list[Document]) -> Sighting:
    moments = [datetime.fromisoformat(each["@timestamp"]) for each in lines]
    return Sighting(
        lines=len(lines),
        builds=len({each["build_uuid"] for each in lines}),
        jobs=len({each["build_name"] for each in lines}),
        projects=len({each["project"] for each in lines}),
        first=min(moments),
        last=max(moments),
    )


def test_a_far_line_is_found_by_its_text(filled: Filled) -> None:
    """But one that was cut: the part that made it far may not be stored."""
    lines = [line for each in filled.handed.lines.values() for line in each.values()]
    far = [line for line in lines if line.fingerprint is not None and not line.truncated]
    assert [] == [line.message for line in far if line.fingerprint not in fingerprints(line.message)]


def test_the_command_answers_alike_from_both_stores(
    filled: Filled, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_PROCESSOR_STORE_INDEX_PREFIX", filled.cluster.index_prefix)
    monkeypatch.setenv("LOG_PROCESSOR_STORE_FILES_INDEX", filled.cluster.files_index)
    monkeypatch.setenv("KIBANA_URL", "https://kibana.example.org")

    def said(settings: StoreSettings, question: list[str]) -> tuple[int, str]:
        code = query_cli.main(["--store", settings.url, *question])
        out, err = capsys.readouterr()
        assert "" == err, question
        return code, out

    asked = [*questions(filled)]
    differing = [each for each in asked if said(filled.sqlite, each) != said(filled.cluster, each)]
    with capsys.disabled():
        told(f"{len(asked)} answers of anomaly-query, {len(asked) - len(differing)} equal")
    assert [] == differing


def questions(filled: Filled) -> Iterator[list[str]]:
    for form in FORMATS[:-1]:
        yield ["--format", form]
    yield from of_builds(filled)
    for number in (1, 3, 50):
        yield ["--worst", str(number), "--format", "json"]
    yield from of_lines(filled)
    for build in filled.builds if ALL else (filled.builds[0], *failed(filled)):
        for form in FORMATS:
            yield ["--build-uuid", build.uuid, "--format", form]
        yield ["--build-uuid", build.uuid, "--context", "2", "--top", "5"]
        yield ["--build-uuid", build.uuid, "--threshold", "0.1", "--format", "jsonl"]
        yield ["--build-uuid", build.uuid, "--threshold", "0", "--format", "jsonl"]
        yield ["--build-uuid", build.uuid, "--threshold", "0.6", "--format", "markdown", "--top", "1"]
        yield ["--build-uuid", build.uuid, "--format", "brief", "--bytes", "3000", "--context", "5"]
        yield ["--build-uuid", build.uuid, "--file", "*o*", "--fail-on-anomaly"]
        yield ["--build-uuid", build.uuid, "--watch", "--format", "jsonl"]


def failed(filled: Filled) -> Iterator[RealBuild]:
    return (build for build in filled.builds if build.status == "FAILURE")


def of_builds(filled: Filled) -> Iterator[list[str]]:
    """Give what chooses among builds, in lists of builds."""
    for words in narrowings(filled):
        yield [*words, "--limit", "50", "--format", "jsonl"]
        yield [*words, "--worst", "5"]
    yield ["--job", "no such job"]
    yield ["--status", "FAILURE", "--fail-on-anomaly"]


def narrowings(filled: Filled) -> Iterator[list[str]]:
    for build in {build.job: build for build in filled.builds}.values():
        yield ["--job", build.job]
        yield ["--project", build.project, "--status", build.status]
    for status in ("FAILURE", "SUCCESS", "ABORTED"):
        yield ["--status", status]
    for since in ("2d", "60h", "400d", f"{filled.builds[len(filled.builds) // 2].start:%Y-%m-%d}"):
        yield ["--since", since]


def of_lines(filled: Filled) -> Iterator[list[str]]:
    """Give questions for the builds that have a line."""
    common = [fingerprint for fingerprint, _ in filled.far.most_common(PICKS)]
    texts = [
        line.message
        for lines in filled.handed.lines.values()
        for line in islice((line for line in lines.values() if line.shown), PICKS // 2)
    ]
    for line in [*common, *texts, "never printed"]:
        yield [f"--similar={line}"]
        yield [f"--similar={line}", "--format", "jsonl", "--limit", "2"]
    for line in common[:3]:
        for form in FORMATS[:-1]:
            yield ["--similar", line, "--format", form, "--build-uuid", filled.builds[-1].uuid]
        for words in narrowings(filled):
            yield ["--similar", line, *words, "--format", "jsonl"]
