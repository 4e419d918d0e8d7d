"""A reference reader of Tabella records, written from docs/specification.md.

Plain Python and its standard library. It is slow, and short enough to be read beside the specification. Section
numbers in this package are those of the specification.
"""
