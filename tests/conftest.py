"""What tests need from outside: real servers, skipped when they are missing unless somebody insists."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from log_processor.config import ELASTIC_VARIABLES
from tests.roles import ansible
from tests.services import chromium, gearman, journald, servers

# How long an example takes says nothing on a busy machine; in CI the same examples come each time.
settings.register_profile(
    "ours", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("ours")

SERVICES: dict[str, Callable[[], str | None]] = {
    "ansible": ansible.missing,
    "chromium": chromium.missing,
    "gearmand": gearman.missing,
    "journald": journald.missing,
    "opensearch": functools.partial(servers.missing, "opensearch"),
    "elasticsearch": functools.partial(servers.missing, "elasticsearch"),
}
"""Why each service cannot run here; None when it can."""


def pytest_configure() -> None:
    """Forget this machine's proxies and settings for log-processor: every server of a test is on loopback."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("LOG_PROCESSOR_") or name in ELASTIC_VARIABLES:
            del os.environ[name]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked `services(name, ...)` that lacks one, or fail it when `REQUIRE_SERVICES=1`."""
    for marker in item.iter_markers("services"):
        for name in marker.args:
            reason = SERVICES[name]()
            if reason is None:
                continue
            if os.environ.get("REQUIRE_SERVICES") == "1":
                pytest.fail(f"REQUIRE_SERVICES=1, and {reason}", pytrace=False)
            pytest.skip(reason)


@pytest.fixture
def gearmand() -> Iterator[gearman.Gearmand]:
    """The C server. A test that uses it is marked `services("gearmand")`."""
    server = gearman.Gearmand()
    yield server
    server.stop()


@pytest.fixture(params=[pytest.param("gearmand", marks=pytest.mark.services("gearmand")), "gear"])
def gearman_server(request: pytest.FixtureRequest) -> Iterator[gearman.GearmanServer]:
    """Each of the two servers in turn, running and empty."""
    server: gearman.GearmanServer = gearman.Gearmand() if request.param == "gearmand" else gearman.Gear()
    yield server
    server.stop()
