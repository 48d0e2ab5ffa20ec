"""Programs that vendors may copy: each stands alone, and prints the published vectors when it is run."""
