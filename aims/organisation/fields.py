"""Relations between tables of one organisation: their foreign keys are `(organisation_id, x_id)` pairs.

Django's own constraint stays off: foreign-key checks pass row security by, and with plain keys beside the pairs the
planner walks whole tables. `aims.journal.walls` makes the pairs from the models.
"""

from typing import Any

from django.db import models


class Relation(models.ForeignKey):  # type: ignore[type-arg]
    """A reference to a row of the same organisation."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **options: Any) -> None:
        options["db_constraint"] = False
        super().__init__(to, on_delete, **options)


class Relations(models.ManyToManyField):  # type: ignore[type-arg]
    """References to rows of the same organisation; the table between gets its organisation from the transaction."""

    def __init__(self, to: Any, **options: Any) -> None:
        if not options.get("through"):
            options["db_constraint"] = False
        super().__init__(to, **options)
