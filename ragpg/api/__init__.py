"""What opens the parts that a configuration names, and the Python interface."""
