"""The editor of the data standard: drafts, differences, impact on real data, review, grants, mappings.

`impact` asks for a check and says whether one holds, `impact_work` makes it by lease, `sources` is where apps
above give their records; the other modules are pages over web.standard_acts.
"""
