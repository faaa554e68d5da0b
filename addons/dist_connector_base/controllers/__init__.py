from . import monitor
from . import webhook
