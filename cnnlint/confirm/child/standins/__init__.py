"""Small stand-ins for packages that scripts lean on, found where the real ones are not installed.

They are a folder of modules that is searched last, and carry the names of what they stand in for.
"""
