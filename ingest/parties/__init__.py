"""Who can speak: States, groups and regions, and how texts name them in six languages.

"Iranians", "Tehran" and "Islamic Republic of Iran" are all IRN; "Congo" is ambiguous and asked back.
"""
