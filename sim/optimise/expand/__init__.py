"""Capacity planning: where and when to build, with a bound that proves how good the plan is."""
