"""Queues: one function a queue, answering partial batches."""
