"""What a developer's machine needs to run, test and measure the platform; the platform itself never imports it."""
