"""Builds the engine; all metadata is in pyproject.toml.

The engine is one shared library without Python's API, so one file, and one wheel, serves all Pythons of a platform.
Where it cannot be built there is a warning, and plain Python does its work.
"""

from __future__ import annotations

import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

ENGINE = Path("anomaly_filter/engine")
FLAGS = [] if sys.platform == "win32" else ["-O3", "-std=c99", "-fvisibility=hidden"]


class BuildEngine(build_ext):
    """A library by the name that native.py looks for."""

    def get_ext_filename(self, fullname: str) -> str:
        """Return a file name without the tag of a Python."""
        return str(Path(*fullname.split("."))) + ".so"

    def get_export_symbols(self, ext: Extension) -> list[str]:  # noqa: ARG002 - what setuptools calls
        """Return none: what is exported is marked in the sources."""
        return []


class EngineWheel(bdist_wheel):
    """A wheel for any Python of a platform."""

    def get_tag(self) -> tuple[str, str, str]:
        """Return the wheel's tag."""
        return "py3", "none", super().get_tag()[2]


setup(
    ext_modules=[
        Extension(
            "anomaly_filter._engine",
            sources=sorted(map(str, ENGINE.glob("*.c"))),
            depends=sorted(map(str, ENGINE.glob("*.h"))),
            extra_compile_args=FLAGS,
            optional=True,
        )
    ],
    cmdclass={"build_ext": BuildEngine, "bdist_wheel": EngineWheel},
)
