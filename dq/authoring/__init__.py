"""For people who write contracts."""
