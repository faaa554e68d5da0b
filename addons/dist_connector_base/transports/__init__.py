"""How bytes reach a partner and come back. No Odoo below this folder.

Every failure leaves as one of the classes of ``core.errors``: whether a request had
left when it failed decides between "try again" and "look it up first".
"""
