"""What happens by itself while jobs run: one file a process."""
