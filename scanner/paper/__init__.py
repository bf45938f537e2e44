"""Judges tenders, inventories and delivery notes by brand and model name; reads files, touches no network.

table → columns → entries → judgement → (with a run) reconciliation. A paper list says what somebody wrote, not what
is there: every sentence of a finding made here says so.
"""
