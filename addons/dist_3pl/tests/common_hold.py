"""Builders for the tests of holds: houses that can keep an order back."""

from .common import ThirdPartyCase

# one that answers at once, and one that takes files and answers later
PROFILE = """
profile: test_hold_{answer}
version: "1"
title: House that keeps orders back
transport: folder
operations:
  ask:
    file: {{folder: in, name: "ORD_{{request_key}}.json"}}
    body: {{key: request_key}}
  drop:
    file: {{folder: in, name: "CAN_{{request_key}}.json"}}
    body: {{key: request_key}}
  keep:
    file: {{folder: in, name: "HLD_{{hold_key}}.json"}}
    body: {{key: hold_key}}
  let_go:
    file: {{folder: in, name: "RLS_{{hold_key}}.json"}}
    body: {{key: hold_key}}
flows:
  fulfilment_request: {{direction: out, send: ask, answer: {answer}}}
  fulfilment_cancel: {{direction: out, send: drop, answer: {answer}}}
  fulfilment_hold: {{direction: out, send: keep, answer: {answer}}}
  fulfilment_release: {{direction: out, send: let_go, answer: {answer}}}
expectations:
  held_too_long:
    opened_by: fulfilment_hold
    met_by: fulfilment_release
    within: 5 days
    message: The order is on hold.
"""


class HoldCase(ThirdPartyCase):
    """The warehouse BOB, whose house can keep orders back."""

    answers = "at_once"

    @classmethod
    def make_backend(cls, name="Bob", answer=None, company=None):
        answer = answer or cls.answers
        code = f"test_hold_{answer}"
        profile = cls.env["dist.profile"].search([("code", "=", code)])
        if not profile:
            profile = cls.env["dist.profile"].create(
                {"document": PROFILE.format(answer=answer)}
            )
            profile._approve()
        return cls.env["dist.backend"].create(
            {
                "name": name,
                "profile_id": profile.id,
                "company_id": (company or cls.env.company).id,
            }
        )

    def hold(self, picking, reason="payment", **values):
        """Hold a delivery back through the screen."""
        action = picking.action_dist_hold()
        wizard = (
            self.env["dist.hold.ask"]
            .with_context(**action["context"])
            .create({"reason_code": reason, **values})
        )
        wizard.action_confirm()
        self.commit()

    def release(self, picking):
        """Press Release."""
        picking.action_dist_release()
        self.commit()
