from . import monitor, webhook
