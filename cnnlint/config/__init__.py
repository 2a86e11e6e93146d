"""Configuration: one frozen Config, read from TOML and flags; what is wrong in it is one clear line."""

from __future__ import annotations

from cnnlint.config.files import find_config, read_config
from cnnlint.config.options import ConfigError, Option, nearest, options_of
from cnnlint.config.settings import Config, Confirm, Data, options_table

__all__ = [
    "Config",
    "ConfigError",
    "Confirm",
    "Data",
    "Option",
    "find_config",
    "nearest",
    "options_of",
    "options_table",
    "read_config",
]
