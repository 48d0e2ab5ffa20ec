"""Loading the seed; entering parameters; drafting, reviewing and publishing versions; granting extensions.

Who may do so, and the line on the trail, are the business of web.parameter_acts and web.standard_acts, above
the trail: the standard stands below it.
"""

from standards.services.drafts import (
    ElementFacts,
    ItemFacts,
    RuleFacts,
    TighteningFacts,
    begin_draft,
    drop_element,
    drop_item,
    drop_rule,
    drop_tightening,
    move_element,
    put_element,
    put_item,
    put_rule,
    put_tightening,
    retitle,
)
from standards.services.grants import give_grant, map_code, withdraw_grant
from standards.services.parameters import enter_parameter, when_entered, withdraw_parameter
from standards.services.publication import (
    accept_version,
    check_version,
    publish_version,
    return_version,
    submit_version,
    withdraw_version,
)
from standards.services.seed import (
    DATA,
    load_default_parameters,
    load_national_dictionaries,
    load_platform_lists,
    load_standards,
)

__all__ = [
    "DATA",
    "ElementFacts",
    "ItemFacts",
    "RuleFacts",
    "TighteningFacts",
    "accept_version",
    "begin_draft",
    "check_version",
    "drop_element",
    "drop_item",
    "drop_rule",
    "drop_tightening",
    "enter_parameter",
    "give_grant",
    "load_default_parameters",
    "load_national_dictionaries",
    "load_platform_lists",
    "load_standards",
    "map_code",
    "move_element",
    "publish_version",
    "put_element",
    "put_item",
    "put_rule",
    "put_tightening",
    "retitle",
    "return_version",
    "submit_version",
    "when_entered",
    "withdraw_grant",
    "withdraw_parameter",
    "withdraw_version",
]
