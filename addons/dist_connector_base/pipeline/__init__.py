"""The pipeline: plain Python beside thin models.

``ledger`` holds the SQL on ``dist.message``; ``inbound`` and ``outbound`` are what a
job does with a batch; ``fetch`` takes documents from partners; ``outbox`` stores the
intent to send; ``wake`` and ``sweep`` see to it that a job comes.
"""
