from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

GENERATOR = Path(__file__).parents[2] / "docs" / "generate.py"
_spec = importlib.util.spec_from_file_location("generate", GENERATOR)
assert _spec is not None
assert _spec.loader is not None
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)


@pytest.mark.parametrize("path", list(generate.pages()), ids=lambda path: path.name)
def test_a_generated_page_says_what_the_code_says(path: Path) -> None:
    assert generate.pages()[path] == path.read_text("utf-8"), "mend: make docs"


def test_no_template_is_exported_that_is_not_put() -> None:
    written = {path for path in generate.pages() if "templates" in path.parts}

    assert written == {*generate.ROOT.glob("config/templates/**/*.json")}
    assert 10 == len(written)


def test_each_key_is_in_the_page_of_the_configuration() -> None:
    page = generate.configuration()
    assert [] == [key for key in list(generate.keys()) if f"| `{key}` |" not in page]


def test_checking_writes_nothing_and_fails_when_a_page_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "configuration.md"
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "pages", lambda: {page: "new"})

    assert 1 == generate.main(["--check"])
    assert "configuration.md is stale; mend: make docs\n" == capsys.readouterr().err
    assert not page.exists()
    assert 0 == generate.main([])
    assert "new" == page.read_text("utf-8")
    assert 0 == generate.main(["--check"])
