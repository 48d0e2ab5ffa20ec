"""What a developer's machine needs to run, test and measure the platform.

The platform itself never imports it.
"""
