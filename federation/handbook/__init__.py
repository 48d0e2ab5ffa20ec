"""The document for vendors, read off the table of methods: nothing in it is listed a second time."""
