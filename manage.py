"""Runs one management command; the environment says which database and broker (see script/manage)."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aims.settings")
    execute_from_command_line(sys.argv)
