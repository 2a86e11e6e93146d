"""Small stand-ins for packages that scripts lean on, found where the real ones are not installed.

They are a folder of modules with the names of what they stand in for. It is searched last, and only for what
the user imports.
"""
