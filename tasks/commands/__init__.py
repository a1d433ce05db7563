"""What the command line offers beyond the queue itself: a module a group of commands, mounted by `worker.cli`."""
