"""Lanes: how many jobs may talk to one partner at the same time.

A lane is an advisory lock that ends with the job's transaction, also when its server
dies. A partner that hangs holds its own lanes, and no worker beyond them.
"""

from odoo.addons.queue_job.jobrunner.runner import _channels
from odoo.tools import SQL

#: First key of the advisory lock of a lane; any number that is ours alone.
LANE_LOCK = 0x64696C61
#: Seconds until a job that found no lane looks again.
PATIENCE = 2.0
MOST_LANES = 64


def take_lane(env, backend, channel: str) -> bool:
    """Take a lane to a partner until the transaction ends; False when all are taken.

    :param channel: the flow's channel, such as ``realtime``
    """
    for number in range(lanes_of(backend, channel)):
        ((taken,),) = env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(%s, %s)",
                LANE_LOCK,
                (backend.id * MOST_LANES + number) % 2**31,
            )
        )
        if taken:
            return True
    return False


def lanes_of(backend, channel: str) -> int:
    """Give how many jobs may talk to a partner at once."""
    wanted = backend.lanes or capacity(channel) // 2
    # what the partner can bear, whatever a person or the server's size would allow
    most = backend.profile_id._parsed().parallel or MOST_LANES
    return min(max(wanted, 1), most, MOST_LANES)


def capacity(channel: str) -> int:
    """Give the workers of a channel as the server's configuration has them.

    The least of the channel and those above it; 1 when nothing is configured, as
    queue_job has it.
    """
    sizes = {}
    for part in _channels().split(","):
        name, _colon, size = part.strip().partition(":")
        number = size.partition(":")[0]
        sizes[name.strip()] = int(number) if number.isdigit() else 1
    names = ("root", "root.dist", f"root.dist.{channel}")
    known = [sizes[name] for name in names if name in sizes]
    return min(known, default=1)
