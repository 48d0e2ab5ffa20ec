"""The demo world's ledgers, quantities and contract terms, written through the acts themselves."""
