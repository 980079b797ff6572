"""Archives and folders that tests of trees are made of."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from log_classify.trees.reader import open_trees
from log_classify.trees.selection import Selection


def tar(members: Mapping[str, bytes], mode: str = "w", **more: int) -> bytes:
    """Return a tar archive; `mode` as tarfile has it, `w:gz` for instance."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **more) as archive:  # type: ignore[call-overload] # any mode
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


class Read:
    """What a reader found.

    Attributes:
        texts: by path, the bytes of the files as they lie.
        sources: by path, where they come from.
        left_out: by path, why.
        remarks: see `Tree`.
    """

    def __init__(self, name: str | Path, selection: Selection | None = None) -> None:
        with open_trees() as reader:
            self.tree = reader.read(str(name), selection)
            self.texts = {file.path: file.file.read_bytes() for file in self.tree.files}
        self.sources = {file.path: file.source for file in self.tree.files}
        self.left_out = {each.path: each.reason for each in self.tree.left_out}
        self.remarks = self.tree.remarks
