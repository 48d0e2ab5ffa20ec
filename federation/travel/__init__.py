"""What travels between nodes: which rows, how they are written down and how a copy is made of them."""
