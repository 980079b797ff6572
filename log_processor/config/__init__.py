"""The configuration: what can be set, and the reading of it.

`load` is what a program calls; the sections of `Config` are what its parts are given.
"""

from log_processor.config.keys import Key, keys
from log_processor.config.reading import ELASTIC_VARIABLES, InvalidConfig, load
from log_processor.config.sections import (
    Config,
    DeadLetterSettings,
    GearmanSettings,
    KibanaSettings,
    LearnSettings,
    MetricsSettings,
    ModelSettings,
    ScoreSettings,
)

__all__ = [
    "ELASTIC_VARIABLES",
    "Config",
    "DeadLetterSettings",
    "GearmanSettings",
    "InvalidConfig",
    "Key",
    "KibanaSettings",
    "LearnSettings",
    "MetricsSettings",
    "ModelSettings",
    "ScoreSettings",
    "keys",
    "load",
]
