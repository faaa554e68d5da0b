"""Odoo-free EDI: read, check, acknowledge and write X12 and EDIFACT."""
