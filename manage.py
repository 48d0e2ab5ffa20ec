#!/usr/bin/env python3
"""Django's command line for this node."""

import os
import sys
from pathlib import Path

# `platform/` is a source root, not a package: an __init__.py there would shadow the standard module.
sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
