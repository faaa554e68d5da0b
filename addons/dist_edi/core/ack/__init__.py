"""Acknowledgements: say what was received, and read what partners say of ours."""
