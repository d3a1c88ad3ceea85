"""The notice's form that says what registration collects."""

FORM = "registration"
