"""Python environments of other programs, made once in a cache folder from what the package index has."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "log-classify" / "benchmarks"


class NotInstalled(Exception):
    """A program could not be installed; the text says which and why."""


def python_with(requirement: str, cache: Path = CACHE) -> Path:
    """Return the interpreter of an environment with one package of a fixed version; make it if it is not there."""
    folder = cache / requirement.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        print(f"Installing {requirement} into {folder} ...", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", requirement]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            raise NotInstalled(f"{requirement} does not install: {reason}")
        (folder / "ready").touch()
    return python
