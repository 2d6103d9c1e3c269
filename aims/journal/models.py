"""The journal's entries, read-only: the trigger writes them, nobody else can."""

from django.db import models


class Entry(models.Model):
    """One change of one row, in the transaction that made it."""

    id = models.BigIntegerField(primary_key=True)
    organisation_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor = models.TextField()
    token = models.TextField(null=True)  # noqa: DJ001 - the column is NULL when no token was used
    kind = models.TextField()
    pk_text = models.TextField(db_column="pk")
    parent = models.TextField(null=True)  # noqa: DJ001 - NULL for a row that is its own record
    version = models.BigIntegerField(null=True)
    action = models.CharField(max_length=1)
    state = models.TextField(null=True)  # noqa: DJ001 - NULL once erased
    salt = models.BinaryField(null=True)
    leaf = models.BinaryField()

    class Meta:
        managed = False
        db_table = 'journal"."entry'

    def __str__(self) -> str:
        return f"{self.id} {self.action} {self.kind} {self.pk_text}"
