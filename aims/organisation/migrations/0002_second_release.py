"""What an auditor's grant is limited to: records and a period."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="period_from",
            field=models.DateField(blank=True, null=True, verbose_name="from"),
        ),
        migrations.AddField(
            model_name="grant",
            name="period_to",
            field=models.DateField(blank=True, null=True, verbose_name="to"),
        ),
        migrations.AddField(
            model_name="grant",
            name="subjects",
            field=models.JSONField(blank=True, default=dict, verbose_name="only these records"),
        ),
    ]
