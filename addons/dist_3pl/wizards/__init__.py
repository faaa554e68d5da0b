from . import dist_routing_simulation
