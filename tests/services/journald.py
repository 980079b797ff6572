"""The real journal: `systemd-journal-remote` writes its files, and `journalctl` reads them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

_WRITER = "systemd-journal-remote"
_PLACES = "/usr/lib/systemd:/lib/systemd"  # it is on nobody's PATH


def missing() -> str | None:
    """Why it cannot run here; None when it can."""
    if shutil.which("journalctl") is None:
        return "journalctl is not installed (Debian: apt-get install systemd)"
    if _writer() is None:
        return f"{_WRITER} is not installed (Debian: apt-get install {_WRITER})"
    return None


def export(entries: Iterable[Mapping[str, str | bytes]]) -> bytes:
    """Write entries as `journalctl -o export` does; bytes, and texts of many lines, become binary fields."""
    out = bytearray()
    for entry in entries:
        for name, value in entry.items():
            if isinstance(value, str) and "\n" not in value:
                out += f"{name}={value}\n".encode()
            else:
                data = value.encode() if isinstance(value, str) else value
                out += name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"
        out += b"\n"
    return bytes(out)


def written(entries: Iterable[Mapping[str, str | bytes]], file: Path) -> Path:
    """Have entries written to a file of the journal; its name ends in `.journal`."""
    boot = {"_BOOT_ID": "7" * 32}
    whole = [{"__MONOTONIC_TIMESTAMP": entry["__REALTIME_TIMESTAMP"], **boot, **entry} for entry in entries]
    writer = _writer()
    assert writer
    command = [writer, f"--output={file}", "-"]
    subprocess.run(command, input=export(whole), check=True, capture_output=True, timeout=30)
    return file


def _writer() -> str | None:
    return shutil.which(_WRITER, path=_PLACES)
