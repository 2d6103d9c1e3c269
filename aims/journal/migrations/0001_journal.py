"""The journal's tables, its trigger function and who may read it."""

from django.db import migrations

from aims.journal import sql


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(sql.TABLES + sql.CAPTURE + sql.GRANTS, sql.DROP)]
