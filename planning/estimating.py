"""The draws of an estimate, made by a process of its own (`planning.draws`)."""

import json
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

PATIENCE = 30  # seconds; the largest estimate that a form takes needs less than two


def drawn(frequency: Sequence[Decimal], loss: Sequence[Decimal], seed: int) -> dict[str, Any]:
    """The summary of the draws. CalledProcessError or TimeoutExpired when the process breaks."""
    asked = {"frequency": [float(n) for n in frequency], "loss": [float(n) for n in loss], "seed": seed}
    done = subprocess.run(
        [sys.executable, "-m", "planning.draws"],
        input=json.dumps(asked),
        capture_output=True,
        check=True,
        cwd=settings.BASE_DIR,
        text=True,
        timeout=PATIENCE,
        env={"OPENBLAS_NUM_THREADS": "1"},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found
