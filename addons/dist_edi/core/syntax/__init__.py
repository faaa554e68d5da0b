"""The syntax layer of X12 and EDIFACT: read, write, find what is wrong."""
