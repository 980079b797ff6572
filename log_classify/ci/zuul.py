"""Zuul: its API, as zuul-web answers since version 4, and where logs lie.

A build's page is `…/t/TENANT/build/UUID`, or `…/build/UUID` where a host serves one tenant ("white label"); the API
of both lies beside it: `…/api/tenant/TENANT/…` and `…/api/…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from log_classify.ci.build import SPARE, Build, Wanted
from log_classify.ci.web import Connect, Web
from log_classify.trees.reader import TreeReader
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree
from log_processor.errors import ConfigError, JobError, Outcome
from log_processor.fetch.answers import Answer, objects

_PAGE = re.compile(
    r"(?P<root>https?://[^?#]*?)(?:/t/(?P<tenant>[^/?#]+))?/build/(?P<uuid>[0-9a-f]{32})/?(?:[?#/].*)?"
)
_SHORTENED = re.compile(r"https?://[^?#]*/build/(?P<uuid>[0-9a-f]{1,31})/?(?:[?#].*)?")
_WEB = re.compile(r"(?P<root>https?://[^?#]*?)(?:/(?:t|api/tenant)/(?P<tenant>[^/?#]+)|/api)?/?(?:[?#].*)?")
_MERGED = ("gate", "periodic", "post", "promote", "release", "tag")
"""Pipelines that run merged code, or what is about to be merged; sites add to their names: `openstack-periodic`."""
_MERGED_NAME = re.compile(rf"(?:.*[^a-z])?(?:{'|'.join(_MERGED)})(?:[^a-z].*)?", re.IGNORECASE | re.DOTALL)
_PAGE_SIZE = 100
"""Builds asked for at once; zuul-web gives 50 if it is not told."""


class Zuul:
    """A tenant of a Zuul."""

    def __init__(self, web: Web, root: str, tenant: str | None, uuid: str) -> None:
        """Ask nothing yet.

        Args:
            web: reaches it.
            root: URL of zuul-web.
            tenant: name of the tenant; None: the host serves one tenant.
            uuid: of the build; empty: none is named.
        """
        self._web = web
        self._pages = f"{root}/t/{tenant}" if tenant else root
        self._api = f"{root}/api/tenant/{tenant}" if tenant else f"{root}/api"
        self._uuid = uuid

    @classmethod
    def of_page(cls, url: str, connect: Connect) -> Zuul | None:
        """Return the Zuul that a build's page belongs to; None: it is no such page."""
        found = _PAGE.fullmatch(url)
        if not found:
            return None
        return cls(connect(found["root"], {}), found["root"], found["tenant"], found["uuid"])

    @classmethod
    def of_web(cls, url: str, connect: Connect) -> Zuul:
        """Return the Zuul whose zuul-web somebody named: its page of a tenant, or its API.

        Raises:
            ConfigError: it is no URL.
        """
        found = _WEB.fullmatch(url)
        if not found:
            raise ConfigError(
                f"{url}: expected the URL of zuul-web, such as https://zuul.example.org/t/TENANT"
            )
        return cls(connect(found["root"], {}), found["root"], found["tenant"], "")

    def build(self) -> Build:
        """Return the build that the URL names."""
        url = f"{self._api}/build/{self._uuid}"
        build = self._build(Answer(self._web.json(url)))
        if build.id != self._uuid or not build.job:
            raise JobError(f"{url}: the answer is no build of Zuul", Outcome.FETCH_FAILED)
        return build

    def builds(self, wanted: Wanted) -> Iterator[Build]:
        """Give passed builds: those of the same project and branch, and if they are few, those of the job anywhere."""
        narrow = {"project": wanted.project, "branch": wanted.branch, "pipeline": wanted.pipeline}
        asked = {name: value for name, value in narrow.items() if value}
        found = self._passed(wanted.job, asked)
        yield from found
        if asked and not wanted.pipeline and len(found) < wanted.count + SPARE:
            yield from self._passed(wanted.job, {})

    def read(self, build: Build, reader: TreeReader, selection: Selection, scratch: Path) -> Tree:
        """Fetch the logs of a build."""
        del scratch
        if not build.logs:
            raise JobError(f"{build.url}: the build has no logs (yet)", Outcome.NOT_FOUND)
        logs = self._web.reach.admitted(
            build.logs
        )  # which is read as it was judged, and never as a local path
        return reader.read(logs.url, selection, url=build.url)

    def _passed(self, job: str, narrow: dict[str, str]) -> list[Build]:
        query = {"job_name": job, **narrow, "result": "SUCCESS", "limit": str(_PAGE_SIZE)}
        found = self._web.json(f"{self._api}/builds?{urlencode(query)}")
        return [self._build(answer) for answer in objects(found)]

    def _build(self, answer: Answer) -> Build:
        # Since Zuul 10 a build says in `ref` what it was made for; before that, it said so itself.
        ref = answer.object("ref")
        uuid = answer.text("uuid")
        pipeline = answer.text("pipeline")
        change = ref.text("change") or answer.text("change")
        logs = answer.text("log_url")
        return Build(
            id=uuid,
            url=f"{self._pages}/build/{quote(uuid, safe='')}",
            job=answer.text("job_name"),
            project=ref.text("project") or answer.text("project"),
            branch=ref.text("branch") or answer.text("branch"),
            pipeline=pipeline,
            change=change,
            merged=not change or _MERGED_NAME.fullmatch(pipeline) is not None,
            voting=answer.flag("voting", default=True),
            result=answer.text("result"),
            ended=answer.time("end_time", "start_time"),
            logs=f"{logs.rstrip('/')}/" if logs else "",
        )


def shortened_uuid(url: str) -> str | None:
    """Return what stands for a build's UUID in the URL of a page, as people shorten it; None: there is no such thing."""
    found = _SHORTENED.fullmatch(url)
    return found["uuid"] if found else None
