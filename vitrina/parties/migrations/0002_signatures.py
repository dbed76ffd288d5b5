from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="rfc",
            field=models.CharField(
                blank=True, default="", help_text="of the e.firma with which an official signs", max_length=13
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="RevocationCheck",
            fields=[
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of the record's canonical JSON",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("payload_sha256", models.CharField(db_index=True, max_length=64)),
                ("record", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("verdict", models.CharField(blank=True, max_length=20)),
                ("answer", models.TextField(blank=True)),
            ],
        ),
    ]
