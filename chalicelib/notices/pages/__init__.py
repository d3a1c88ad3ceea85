"""The pages of the notice as HTML: values of the notice in the shell of all pages."""
