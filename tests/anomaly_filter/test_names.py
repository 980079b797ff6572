from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import ModelName, model_name
from anomaly_filter.names import encoded, stable_path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("job-output.txt", "job-output"),
        ("job-output.txt.gz", "job-output"),
        ("logs/job-output.json", "job-output.json"),
        ("builds/2/log", "builds/log"),
        ("audit/audit.log.1", "audit/audit"),
        ("zuul/merger.log.2017-11-12", "zuul/merger"),
        ("nova/nova-compute.log.1", "nova/nova-compute"),
        ("nova/nova-compute.log.1.gz", "nova/nova-compute"),
        ("logs/controller/logs/screen-n-cpu.txt.gz", "controller/screen-n-cpu"),
        ("var/log/messages-20240101", "var/messages"),
        ("var/log/messages-20240101.xz", "var/messages"),
        ("libvirt/qemu/instance-0000001d.log.txt.gz", "libvirt/qemu/instance"),
        ("pods/server-7d748d77c-9xgn2.log", "pods/server"),
        ("pods/k8s_neutron-server-7d748d77c-9xgn2/0.log", "pods/k8s_neutron-server"),
        ("containers/3c6c85fe1d2c.log", "containers"),
        ("69/501669/3/check/tox-py27/3c6c85f/console.html", "check/tox-py27/console.html"),
        ("run-7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f/out.log", "run/out"),
        ("7d748d77-0a1b-4c2d-8e3f-9a0b1c2d3e4f.log", "unknown"),
        ("app-2024-01-02T12:00:01Z.log", "app"),
        ("app.20240102-120001.log", "app"),
        ("tempest/testr_results.html.gz", "tempest/testr_results.html"),
        ("py310/log.txt", "py310/log"),
        ("C:\\build\\out.txt", "C:/build/out"),
        ("../../etc/passwd", "etc/passwd"),
        ("/", "unknown"),
        ("", "unknown"),
        (".log", "unknown"),
    ],
)
def test_stable_path(path: str, name: str) -> None:
    assert name == "/".join(stable_path(path))


@given(st.text())
def test_a_stable_path_has_parts_and_none_is_empty(path: str) -> None:
    assert stable_path(path)
    assert all(stable_path(path))


def test_a_model_is_named_by_fields_and_path() -> None:
    fields = {
        "project": "openstack/nova",
        "build_name": "tempest-full",
        "build_branch": "stable/2024.1",
        "filename": "controller/logs/screen-n-cpu.txt.gz",
    }
    assert "openstack%2Fnova/tempest-full/stable%2F2024.1/controller/screen-n-cpu" == str(model_name(fields))


@pytest.mark.parametrize(
    "fields", [{}, {"project": None, "build_name": "", "build_branch": 0, "filename": ""}]
)
def test_what_is_missing_is_unknown(fields: dict[str, object]) -> None:
    assert "unknown/unknown/unknown/unknown" == str(model_name(fields))


def test_fields_of_other_types_are_taken_as_text() -> None:
    assert "1/%5B%27x%27%5D/2.5/job" == str(
        model_name({"project": 1, "build_name": ["x"], "build_branch": 2.5, "filename": "job.log"})
    )


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("", "-"),
        (".", "%2E"),
        ("..", "%2E."),
        (".hidden", "%2Ehidden"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("*?[]", "%2A%3F%5B%5D"),
        ("~root", "%7Eroot"),
        ("nul\0", "nul%00"),
        ("\udcff", "%3F"),
        ("stra\u00dfe", "stra%C3%9Fe"),
    ],
)
def test_a_part_is_encoded(part: str, name: str) -> None:
    assert name == encoded(part)


@given(st.text(st.characters(exclude_categories=())))
def test_an_encoded_part_is_a_name_that_every_file_system_takes(part: str) -> None:
    name = encoded(part)
    assert name not in ("", ".", "..")
    assert not set(name) & set("/\\*?[]\0")
    assert name.isascii()
    assert name[0] != "."
    assert len(name) <= 163


@given(st.sets(st.text(max_size=5), min_size=2, max_size=2) | st.just({"x" * 200, "x" * 201}))
def test_different_parts_have_different_names(parts: set[str]) -> None:
    if parts != {"", "-"}:
        assert len(parts) == len({*map(encoded, parts)})


@given(st.lists(st.text(max_size=300), min_size=1, max_size=60).map("/".join))
def test_a_model_folder_stays_below_what_systems_take(path: str) -> None:
    name = ModelName("p" * 1000, "j" * 1000, "b" * 1000, stable_path(path))
    assert len(str(name)) < 3000


@pytest.mark.parametrize("path", ["1" * 1_000_000 + "x", "a/" * 100_000 + "x", "-" * 1_000_000])
def test_a_monstrous_path_is_named_at_once(path: str) -> None:
    assert len(stable_path(path)) <= 12
