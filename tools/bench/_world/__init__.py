"""A province of made-up people to measure with: written in bulk, true in every rule the database holds."""
