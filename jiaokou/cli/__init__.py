"""The command ``jiaokou``."""

import tomllib
from pathlib import Path

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
"""What the command says, by command or kind, and by key."""
