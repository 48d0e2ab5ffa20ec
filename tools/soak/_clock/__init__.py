"""Python looks here first in a soak; see sitecustomize."""
