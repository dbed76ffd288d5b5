# SPDX-License-Identifier: Apache-2.0
"""What every stage stands on: the process, the command, the refusal, the form of a step, files.

A stage's command reads

    @command("tendering.cancel")
    def cancel(actor: Actor, process: Process, *, at: datetime, reason: str) -> Entry:
        tender = Tender.objects.get(process=process)
        move(tender, TABLE, "cancel")          # the state table decides, or it raises Refused
        tender.save()
        return record(actor, process, TenderCancelled(reason=reason), at=at)

and is called as `cancel(actor, ocid, at=..., reason=...)`: the decorator opens the transaction, locks the process,
checks the office in `parties.roles.PERMISSIONS`, the actor's unit, and that the process is not halted.
"""
