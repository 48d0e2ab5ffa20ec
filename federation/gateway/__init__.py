"""The outward gateway: what may be shared with partners, as data; how it is narrowed, read and described."""
