from . import dist_hold_ask, dist_routing_simulation, dist_substitution_decide
