"""Many runs: replications, sweeps, comparisons."""
