"""A stand-in for 四库一平台: an own process with its own data, which errs on demand. Nothing in it is real.

It shares no code with the side that pulls (`federation.masters`), so that both can be wrong in their own way.
"""
