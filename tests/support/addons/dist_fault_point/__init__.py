from .fault_points import install
