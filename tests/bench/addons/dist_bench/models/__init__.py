from . import dist_bench_confirm, dist_bench_row
