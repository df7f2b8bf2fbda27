"""Training helpers: what homerun refuses of them."""
