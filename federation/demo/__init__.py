"""A vendor's key in the demo world, with calls that were answered, carried out, failed and turned away."""
