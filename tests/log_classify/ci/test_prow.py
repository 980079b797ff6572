from __future__ import annotations

import csv
import gzip
import json
from typing import Any

import pytest

from log_classify.ci import prow as prow_module
from log_classify.ci.build import Build, Wanted
from log_classify.ci.prow import Prow
from log_classify.ci.web import Connect
from log_classify.trees.selection import Selection
from log_processor.errors import FetchUnavailable, JobError
from tests.httpserver import Server, content, status
from tests.log_classify.ci.recorded import Read, bucket_list, by_query, json_answer
from tests.log_classify.console import ROOT

BUCKET = "test-platform-results"
PERIODIC = "logs/periodic-ci-openshift-release-master-ci-4.8-e2e-gcp"
PULL = "pr-logs/pull/openshift_origin"
CSI = "pull-ci-openshift-origin-master-e2e-aws-csi"
DAY = 24 * 3600 * 1000 << 22  # what ids of builds grow by
TARGET = 1602362182819909632  # of 12 December 2022, 17:58:09
SHARED = ROOT / "../shared/data"

STARTED = {
    "timestamp": 1670867889,
    "repos": {"openshift/origin": "master:ccbe590e,27600:8a6e6fbf"},
    "pull": "27600",
}
"""`metadata.Started` of testgrid, which Prow's initupload writes."""


def finished(result: str = "SUCCESS") -> dict[str, Any]:
    """`metadata.Finished` of testgrid, which Prow's sidecar writes."""
    return {"timestamp": 1670872677, "passed": result == "SUCCESS", "result": result, "revision": "8a6e6fbf"}


class Storage:
    """A bucket on the test's server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._objects: dict[str, bytes] = {}
        self.asked: list[dict[str, str]] = []
        server.put(f"/storage/v1/b/{BUCKET}/o", by_query(self._list))

    def _list(self, query: dict[str, str]) -> object:
        self.asked.append(query)
        return bucket_list(self._objects, query)

    def put(self, name: str, body: object) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._objects[name] = data
        self._server.put(f"/{BUCKET}/{name}", content(data))
        self._server.put(f"/storage/v1/b/{BUCKET}/o/{name.replace('/', '%2F')}", content(data))

    def build(self, path: str, result: str = "SUCCESS", **started: Any) -> None:
        self.put(f"{path}/started.json", STARTED | started)
        self.put(f"{path}/finished.json", finished(result))
        self.put(f"{path}/build-log.txt", b"all is well\n")


@pytest.fixture
def storage(server: Server) -> Storage:
    return Storage(server)


def prow(server: Server, connect: Connect, path: str, pages: str = "") -> Prow:
    url = f"{pages or server.url('/view/gs/')}{BUCKET}/{path}"
    found = Prow.of_page(url, connect, server.url())
    assert found
    return found


def test_a_build_is_read_from_its_bucket(server: Server, connect: Connect, storage: Storage) -> None:
    path = f"{PULL}/27600/{CSI}/{TARGET}"
    storage.build(path, "FAILURE")
    found = prow(server, connect, path).build()
    assert (str(TARGET), CSI, "openshift/origin", "master") == (
        found.id,
        found.job,
        found.project,
        found.branch,
    )
    assert ("27600", False, "FAILURE") == (found.change, found.merged, found.result)
    assert "2022-12-12T19:17:57+00:00" == found.ended.isoformat() if found.ended else None
    assert server.url(f"/view/gs/{BUCKET}/{path}") == found.url


@pytest.mark.parametrize(
    ("path", "job", "number"),
    [
        (f"{PERIODIC}/1368338379971760128", PERIODIC.partition("/")[2], ""),
        (f"pr-logs/pull/batch/{CSI}/1602362182819909632", CSI, ""),
        (f"pr-logs/pull/27600/{CSI}/1602362182819909632", CSI, "27600"),
        (f"deeper/{PERIODIC}/12", PERIODIC.partition("/")[2], ""),
    ],
)
def test_a_path_says_what_was_tested(
    path: str, job: str, number: str, server: Server, connect: Connect
) -> None:
    Storage(server).build(path)
    found = prow(server, connect, path).build()
    assert (job, number, not number, path) == (found.job, found.change, found.merged, found.logs)


@pytest.mark.parametrize("pages", ["/view/gs/", "/view/gcs/", "/gcs/"])
def test_deck_and_gcsweb_lead_to_the_same_build(
    pages: str, server: Server, connect: Connect, storage: Storage
) -> None:
    storage.build(f"{PERIODIC}/12")
    found = prow(server, connect, f"{PERIODIC}/12/?tab=1", server.url(pages)).build()
    assert ("12", server.url(f"{pages}{BUCKET}/{PERIODIC}/12")) == (found.id, found.url)


def test_a_name_in_a_bucket_leads_to_a_page(server: Server, connect: Connect, storage: Storage) -> None:
    storage.build(f"{PERIODIC}/12")
    assert (
        server.url(f"/{BUCKET}/{PERIODIC}/12") == prow(server, connect, f"{PERIODIC}/12", "gs://").build().url
    )


@pytest.mark.parametrize(
    "url", ["/view/gs/bucket/logs/job", "/view/gs/bucket/artifacts/job/12", "/view/s3/bucket/logs/j/1"]
)
def test_other_pages_are_not_prows(url: str, server: Server, connect: Connect) -> None:
    assert Prow.of_page(server.url(url), connect, server.url()) is None


def test_a_build_that_runs_has_no_result_and_the_age_of_its_id(
    server: Server, connect: Connect, storage: Storage
) -> None:
    storage.put(f"{PERIODIC}/{TARGET}/started.json", {"timestamp": 1670867889})
    found = prow(server, connect, f"{PERIODIC}/{TARGET}").build()
    assert ("", "2022-12-12T17:58:09.491000+00:00") == (
        found.result,
        found.ended.isoformat() if found.ended else "",
    )


def recorded(name: str) -> str:
    """A file of real builds, as somebody published it."""
    file = SHARED / name
    if not file.is_file():
        pytest.skip(f"../shared/data/{name} is not there")
    return (gzip.decompress if file.suffix == ".gz" else bytes)(file.read_bytes()).decode()


def test_a_recorded_build_is_understood(server: Server, connect: Connect, storage: Storage) -> None:
    build = json.loads(recorded("openstack-ci-artifacts/sippy-prowjob.json"))
    refs, status = build["spec"]["refs"], build["status"]
    bucket = build["spec"]["decoration_config"]["gcs_configuration"]["bucket"]
    found = Prow.of_page(status["url"], connect, server.url())
    assert found
    path = status["url"].partition(f"{bucket}/")[2]
    server.put(f"/{bucket}/{path}/started.json", json_answer(STARTED))
    found_build = found.build()
    assert (build["spec"]["job"], status["build_id"]) == (found_build.job, found_build.id)
    assert (str(refs["pulls"][0]["number"]), refs["base_ref"]) == (found_build.change, found_build.branch)
    assert f"{refs['org']}/{refs['repo']}" == found_build.project
    assert found_build.ended
    assert status["startTime"] == f"{found_build.ended:%Y-%m-%dT%H:%M:%SZ}"  # it has no finished.json here


def test_ids_tell_when_recorded_builds_began() -> None:
    text = recorded("ocp-ci-analysis/periodic-ci-openshift-release-master-ci-4.8-e2e-gcp_build-logs.csv.gz")
    waited = []
    for id_, _, _, start, _ in list(csv.reader(text.splitlines()))[1:]:
        begun = prow_module._begun(id_)
        assert begun
        waited.append(float(start) - begun.timestamp())
    assert 837 == len(waited)
    assert 0 < min(waited) < max(waited) < 600  # seconds, until a pod was there


def test_a_build_that_is_not_there_is_an_error(server: Server, connect: Connect, storage: Storage) -> None:
    with pytest.raises(JobError, match=r"started\.json: the server answered 404"):
        prow(server, connect, f"{PERIODIC}/12").build()


def test_builds_nearest_in_time_come_first(server: Server, connect: Connect, storage: Storage) -> None:
    ids = {days: TARGET + days * DAY for days in (-3, -1, 2, 0)}
    for id_ in ids.values():
        storage.build(f"{PERIODIC}/{id_}")
    builds = prow(server, connect, f"{PERIODIC}/{TARGET}").builds(Wanted("e2e-gcp"))
    assert [str(ids[days]) for days in (-1, 2, -3)] == [build.id for build in builds]
    assert f"{PERIODIC}/{TARGET - 30 * DAY}" == storage.asked[0]["startOffset"]


def test_builds_that_failed_are_told_and_passed_ones_are_enough_at_some_time(
    server: Server, connect: Connect, storage: Storage
) -> None:
    for number in range(1, 20):
        storage.build(f"{PERIODIC}/{TARGET - number * DAY // 24}", "FAILURE" if number % 2 else "SUCCESS")
    builds = list(prow(server, connect, f"{PERIODIC}/{TARGET}").builds(Wanted("e2e-gcp", count=2)))
    assert ["FAILURE", "SUCCESS"] * 5 == [build.result for build in builds]


def test_no_more_builds_are_asked_than_somebody_waits_for(
    server: Server, connect: Connect, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 60 == prow_module._LOOKED_AT
    monkeypatch.setattr(prow_module, "_LOOKED_AT", 6)
    for number in range(1, 10):
        storage.build(f"{PERIODIC}/{number}", "FAILURE")
    assert 6 == len(list(prow(server, connect, f"{PERIODIC}/5").builds(Wanted("e2e-gcp"))))


def test_builds_of_other_pull_requests_are_found_by_the_notes_of_the_job(
    server: Server, connect: Connect, storage: Storage
) -> None:
    storage.build(f"{PULL}/27600/{CSI}/{TARGET}", "FAILURE")
    for number, days in ((27601, 1), (27600, 2)):
        path = f"{PULL}/{number}/{CSI}/{TARGET - days * DAY}"
        storage.build(path)
        storage.put(f"pr-logs/directory/{CSI}/{TARGET - days * DAY}.txt", f"gs://{BUCKET}/{path}\n".encode())
    builds = prow(server, connect, f"{PULL}/27600/{CSI}/{TARGET}").builds(Wanted(CSI))
    assert ["27601", "27600"] == [build.change for build in builds]


@pytest.mark.parametrize(
    "note",
    [
        b"gs://another-bucket/pr-logs/pull/openshift_origin/1/%b/%d",
        b"gs://test-platform-results/pr-logs/pull/openshift_origin/1/another-job/%d",
        b"gs://test-platform-results/../../etc/passwd",
        b"http://169.254.169.254/latest",
        b"\xff\xfe",
        b"",
    ],
)
def test_notes_that_lead_elsewhere_are_not_followed(
    note: bytes, server: Server, connect: Connect, storage: Storage
) -> None:
    id_ = TARGET - DAY
    storage.put(
        f"pr-logs/directory/{CSI}/{id_}.txt", note.replace(b"%b", CSI.encode()).replace(b"%d", b"%d" % id_)
    )
    assert [] == list(prow(server, connect, f"{PULL}/27600/{CSI}/{TARGET}").builds(Wanted(CSI)))


@pytest.mark.parametrize(
    "answer", [[], "x", {"items": 3, "prefixes": [3, None, "logs/other/12/"]}, {"nextPageToken": "a"}]
)
def test_a_list_of_anything_is_no_error(answer: object, server: Server, connect: Connect) -> None:
    server.put(f"/storage/v1/b/{BUCKET}/o", json_answer(answer))
    assert [] == list(prow(server, connect, f"{PERIODIC}/12").builds(Wanted("e2e-gcp")))
    assert 10 >= len(server.requests)


def test_a_bucket_that_is_not_public_is_an_error(server: Server, connect: Connect) -> None:
    server.put(f"/storage/v1/b/{BUCKET}/o", status(401))
    with pytest.raises(JobError, match="the server answered 401"):
        list(prow(server, connect, f"{PERIODIC}/12").builds(Wanted("e2e-gcp")))
    server.put(f"/storage/v1/b/{BUCKET}/o", status(503))
    with pytest.raises(FetchUnavailable):
        list(prow(server, connect, f"{PERIODIC}/12").builds(Wanted("e2e-gcp")))


def test_logs_and_artifacts_are_read(server: Server, connect: Connect, storage: Storage, read: Read) -> None:
    path = f"{PERIODIC}/{TARGET}"
    storage.build(path)
    storage.put(f"{path}/artifacts/e2e/pods.log", b"a pod\n")
    storage.put(f"{PERIODIC}/{TARGET + 1}/build-log.txt", b"of another build\n")
    system = prow(server, connect, path)
    tree = read(system, system.build(), Selection(include_paths=("log",)))
    assert {"artifacts/e2e/pods.log": b"a pod\n", "build-log.txt": b"all is well\n"} == {
        file.path: file.file.read_bytes() for file in tree.files
    }
    assert server.url(f"/{BUCKET}/{path}/artifacts/e2e/pods.log") == tree.files[0].source
    assert {"finished.json", "started.json"} == {each.path for each in tree.left_out}
    assert server.url(f"/view/gs/{BUCKET}/{path}") == tree.name == tree.url


def test_logs_that_are_gone_hold_no_file(
    server: Server, connect: Connect, storage: Storage, read: Read
) -> None:
    build = Build("12", "https://prow/12", logs=f"{PERIODIC}/12")
    assert () == read(prow(server, connect, f"{PERIODIC}/13"), build).files
