"""Where the optimum is found: the LP of dispatch, its solution, its certificate."""
