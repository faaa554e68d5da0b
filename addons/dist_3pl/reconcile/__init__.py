"""The queries of the stock reconciliation."""
