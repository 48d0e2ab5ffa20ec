"""The national real-name interface `/open.api`: its protocol, apart from the subject it carries."""
