"""The model store that the configuration names; apart from the worker, for commands that need nothing else of it."""

from __future__ import annotations

from pathlib import Path

from anomaly_filter import ModelStore
from log_processor.config import Config


def open_models(config: Config) -> ModelStore:
    """Return the model store that a configuration names."""
    models = config.models
    return ModelStore(Path(models.path), keep_builds=models.keep_builds, keep_days=models.keep_days)
