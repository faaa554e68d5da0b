from . import dist_bench_level
