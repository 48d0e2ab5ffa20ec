"""An outside vendor: it knows the published interface and nothing of this platform's code.

Signing, encryption and numbers are written anew from the interface's document, so that a mistake on the
platform's side cannot hide behind the same mistake here.
"""
