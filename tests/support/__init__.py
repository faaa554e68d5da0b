"""What the demo day, the end-to-end tests and the benchmarks share."""
