from . import (
    dist_bench_confirm,
    dist_bench_reconcile,
    dist_bench_row,
    dist_bench_send,
)
