"""What crosses the line between nodes, byte for byte: heads, signatures, envelopes, boxes. No Django here."""

PROTOCOL = "hbfed/1"
SOFTWARE = "hubei-real-name/6"
