"""Which CI system a URL belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from log_classify.ci.bucket import storage
from log_classify.ci.github import GitHub
from log_classify.ci.gitlab import GitLab
from log_classify.ci.prow import Prow
from log_classify.ci.system import System
from log_classify.ci.web import Connect, Web
from log_classify.ci.zuul import Zuul, shortened_uuid
from log_processor.errors import ConfigError, JobError
from log_processor.fetch.allow import parse


@contextmanager
def system_of_build(url: str, environment: Mapping[str, str]) -> Iterator[System]:
    """Give the system that a build's page belongs to.

    Args:
        url: of the page.
        environment: variables; tokens are among them.

    Raises:
        ConfigError: it is no such page, or a variable is wrong.
    """
    scheme, separator, rest = url.partition("://")
    url = scheme.lower() + separator + rest
    try:
        shown = str(parse(url))
    except ValueError as error:
        if scheme.lower() in {"http", "https"}:
            raise ConfigError(f"URL: {error}") from None
        shown = url
    with _connections() as connect:
        system = (
            Zuul.of_page(url, connect)
            or Prow.of_page(url, connect, storage(environment))
            or GitHub.of_page(url, connect, environment)
            or GitLab.of_page(url, connect, environment)
        )
        if system is None and (uuid := shortened_uuid(url)):
            raise ConfigError(
                f"{shown}: a build's UUID has 32 digits, and this one {len(uuid)}: give it whole, as its page does"
            )
        if system is None:
            raise ConfigError(
                f"{shown}: is no page of a build that is known here: of Zuul (…/build/UUID), Prow (…/view/gs/…), "
                "GitHub (…/actions/runs/…) or GitLab (…/-/jobs/…); logs themselves are read by `log-classify diff`"
            )
        yield system


@contextmanager
def zuul_of_web(url: str) -> Iterator[Zuul]:
    """Give the Zuul whose zuul-web is at a URL.

    Raises:
        ConfigError: it is no URL.
    """
    with _connections() as connect:
        yield Zuul.of_web(url, connect)


@contextmanager
def _connections() -> Iterator[Connect]:
    """Give what connects to servers; closed afterwards."""
    with ExitStack() as stack:

        def connect(home: str, authorization: Mapping[str, str]) -> Web:
            try:
                web = Web(home, authorization)
            except JobError as error:
                raise ConfigError(f"URL: {error}") from None
            stack.callback(web.close)
            return web

        yield connect
