"""Stands for Zuul's action of this name: merges what a job returns into a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule


def merged(old: Any, new: Any) -> Any:
    """Return both; dictionaries are united, lists of artifacts joined, and else the new one counts."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: merged(old.get(key), new.get(key)) for key in old.keys() | new.keys()}
    if isinstance(old, list) and isinstance(new, list):
        return old + new
    return old if new is None else new


def main() -> None:
    """Do what a task asks for."""
    module = AnsibleModule(argument_spec={"data": {"type": "dict", "required": True}})
    file = Path(os.environ["ZUUL_RESULT_DATA"])
    old = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(merged(old, module.params["data"])))
    module.exit_json(changed=True)


if __name__ == "__main__":
    main()
