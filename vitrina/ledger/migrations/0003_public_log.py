# SPDX-License-Identifier: Apache-2.0
"""The public log: leaves, signed heads, cosignatures, time stamps, none of which is ever changed; erasure of bodies."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = ("ledger_leaf", "ledger_head", "ledger_cosignature", "ledger_timestamp", "ledger_erasure")
NEVER_CHANGED = "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
    for table in KEPT
)
# Epochs come from a sequence: whoever takes the next one shuts every former sequencer out at once.
HEADS = """
CREATE SEQUENCE ledger_log_epoch;
CREATE FUNCTION ledger_guard_head() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last bigint := (SELECT COALESCE(MAX(size), 0) FROM ledger_head);
    epoch bigint := (SELECT last_value FROM ledger_log_epoch);
BEGIN
    IF NEW.epoch <> epoch THEN
        RAISE EXCEPTION 'a later sequencer has taken over: epoch % is over, % is in force', NEW.epoch, epoch
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.previous <> last OR NEW.size <= last THEN
        RAISE EXCEPTION 'the log stands at % and not at %', last, NEW.previous USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_head_guard BEFORE INSERT ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_guard_head();
"""
# The row of an erasure empties the body itself, so that neither is without the other.
ERASURE = """
CREATE FUNCTION ledger_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.body <> '' AND NEW.body = '' AND to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body'
            AND EXISTS (SELECT 1 FROM ledger_erasure WHERE entry_id = OLD.id AND body_size = octet_length(OLD.body))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Correct an act with another act that names it.';
END $$;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_entry();
CREATE FUNCTION ledger_erase_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.act_id AND kind = 'body.erased') THEN
        RAISE EXCEPTION 'a body is erased by an act' USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE ledger_entry SET body = '' WHERE id = NEW.entry_id AND octet_length(body) = NEW.body_size AND body <> '';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no body of that size to erase' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_erasure_erases AFTER INSERT ON ledger_erasure
    FOR EACH ROW EXECUTE FUNCTION ledger_erase_body();
"""
UNDO = """
DROP TRIGGER ledger_erasure_erases ON ledger_erasure;
DROP FUNCTION ledger_erase_body();
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
DROP FUNCTION ledger_guard_entry();
DROP TRIGGER ledger_head_guard ON ledger_head;
DROP FUNCTION ledger_guard_head();
DROP SEQUENCE ledger_log_epoch;
""" + "".join(f"DROP TRIGGER {t}_append_only ON {t}; DROP TRIGGER {t}_no_truncate ON {t};" for t in KEPT)


def _entry(**options: object) -> models.OneToOneField:
    return models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="ledger.entry", **options)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("data", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("previous", models.BigIntegerField(unique=True)),
                ("root", models.CharField(max_length=64)),
                ("note", models.TextField()),
                ("epoch", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("closes", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index("size", condition=models.Q(closes=True), name="ledger_head_closes")],
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("witness", models.CharField(max_length=200)),
                ("line", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "head",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cosignatures", to="ledger.head"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["head", "witness"], name="ledger_cosignature_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Timestamp",
            fields=[
                (
                    "head",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False,
                        related_name="timestamp", to="ledger.head",
                    ),
                ),
                ("provider", models.CharField(max_length=300)),
                ("token", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("entry", _entry(primary_key=True, serialize=False)),
                ("body_size", models.PositiveIntegerField()),
                ("act", _entry(related_name="erases")),
            ],
        ),
        migrations.RunSQL(NEVER_CHANGED + HEADS + ERASURE, UNDO),
    ]  # fmt: skip
