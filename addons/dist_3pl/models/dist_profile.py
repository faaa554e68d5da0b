"""The partner profiles that this addon ships."""

from pathlib import Path

from odoo import api, models

_FOLDER = Path(__file__).parent.parent / "profiles"


class DistProfile(models.Model):
    _inherit = "dist.profile"

    @api.model
    def _load_shipped_3pl(self):
        """Load every profile of the addon's folder; they come approved."""
        for path in sorted(_FOLDER.glob("*.yaml")):
            self._load_shipped(f"dist_3pl/profiles/{path.name}")
