"""What changes between states: daily series of what is told of them, and the days on which they shift."""
