"""The paths of the desk's pages about notices."""

LIST = "/desk/notices"
"""The drafts, the versions, and the form by which a document becomes a draft."""

ONE = "/desk/notices/{version}"
"""One draft, or one version."""

TEXT = "/desk/notices/{version}/text"
"""The text of a draft as its readers would see it."""

TRIAL = "/desk/notices/{version}/simulation"
"""The effects of publishing a draft on people, records and requests."""

PUBLICATION = "/desk/notices/{version}/publication"
"""The publication of a draft; of a version, how far its people are told."""
