"""The planner's desk: what is asked before and after a run; the command line only parses, calls and prints."""
