"""Python's collector of cycles looks at what a test made, not again and again at what is there for the whole run.

The application, its libraries and ten thousand collected tests are some millions of objects that never die: each full
collection walked through all of them. They are set aside once (`gc.freeze`), and the rest is looked at less often.
"""

import gc

THRESHOLDS = (20_000, 20, 20)  # some megabytes before the youngest are looked at


def pytest_configure() -> None:
    """Nothing dies while modules are imported and tests are collected."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Set aside what is there."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
