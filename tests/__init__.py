"""Tests, partner processes, the demo day and the benchmarks."""
