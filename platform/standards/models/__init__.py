"""The data standard: code lists and parameters, and the versions of its layers."""

from standards.models.codes import CodeItem, CodeList, ItemMapping, RuleParameter
from standards.models.extensions import ExtensionGrant, ProposedItem, Tightening
from standards.models.versions import Element, StandardVersion, ValidationRule

__all__ = [
    "CodeItem",
    "CodeList",
    "Element",
    "ExtensionGrant",
    "ItemMapping",
    "ProposedItem",
    "RuleParameter",
    "StandardVersion",
    "Tightening",
    "ValidationRule",
]
