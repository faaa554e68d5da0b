"""Odoo-free engine parts: nothing below this folder imports odoo."""
