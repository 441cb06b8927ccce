"""Tables of other programs as documents: recognised, put together from rows, and named."""
