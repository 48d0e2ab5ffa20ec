"""What most teams would write: DRF's ListSerializer, bulk_create, gunicorn; measured on the same data.

Its defaults are Django's own: each foreign key with its index, a unique key in the order in which one thinks
of it (who, when, which way).
"""
