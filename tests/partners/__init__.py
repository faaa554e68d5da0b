"""Outside warehouses as processes of their own, for the tests and the demo day.

They know nothing of Odoo and share no code with the addons: what they say in their
books is the other side's word.
"""
