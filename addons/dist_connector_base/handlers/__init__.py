from . import dist_handler
