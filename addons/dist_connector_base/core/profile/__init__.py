"""A partner as a document: load a profile, then let it build, judge, decode and map.

Everything here works without Odoo and without a network. ``Operation`` and
``FlowSpec`` come from a loaded profile (``profile.operations[name]``,
``profile.flows[message_type]``), a ``Context`` from the backend::

    profile = load_profile(text, source="shipbob.yaml")
    request = build(profile.operations["create_order"], document, ctx)
    verdict = judge(profile.operations["create_order"], response)

    data = decode(flow, payload, ctx, source="webhook")
    for item in split(flow, data, source="webhook"):
        if not skip_reason(flow, item, ctx):
            document = map_in(flow, item, ctx)
            filed = keys(flow, document)

``source`` is ``webhook``, ``poll``, ``file`` or ``fetch``: a flow may cut and read the
same document differently by the way it came. It may be left out where a flow has one
way.
"""

from .answers import judge, judge_file_look_up, judge_look_up, pace
from .code_lists import ListedCode, listed_codes
from .context import Context, FilePlace, FileSearch, Keys
from .done_file import done_name
from .expand import cut_expanded, expand_entries, expand_request, expanded, joined
from .fetch_back import fetch_request, fetched_items
from .inbound import (
    decode,
    file_place,
    item_from_json,
    item_to_json,
    keys,
    map_in,
    skip_reason,
    split,
)
from .loader import Problem, ProfileError, load_profile
from .outbound import build
from .paging import advance_cursor, first_page, next_page, page_items, swept
from .preview import Fault, Preview, preview_in, preview_out
from .samples import SampleResult, run_samples, sample_context
from .specs import (
    IGNORE,
    AuthSpec,
    FlowSpec,
    Operation,
    PollSpec,
    Profile,
    SettingSpec,
    WebhookSpec,
)
from .stock import FLOW as STOCK_FLOW
from .stock import StockSpec

__all__ = [
    "ListedCode",
    "listed_codes",
    "IGNORE",
    "STOCK_FLOW",
    "AuthSpec",
    "Context",
    "Fault",
    "FilePlace",
    "FileSearch",
    "FlowSpec",
    "Keys",
    "Operation",
    "PollSpec",
    "Preview",
    "Problem",
    "Profile",
    "ProfileError",
    "SampleResult",
    "SettingSpec",
    "StockSpec",
    "WebhookSpec",
    "advance_cursor",
    "build",
    "cut_expanded",
    "decode",
    "done_name",
    "expand_entries",
    "expand_request",
    "expanded",
    "fetch_request",
    "fetched_items",
    "file_place",
    "first_page",
    "item_from_json",
    "item_to_json",
    "joined",
    "judge",
    "judge_file_look_up",
    "judge_look_up",
    "keys",
    "load_profile",
    "map_in",
    "next_page",
    "pace",
    "page_items",
    "preview_in",
    "preview_out",
    "run_samples",
    "sample_context",
    "skip_reason",
    "split",
    "swept",
]
