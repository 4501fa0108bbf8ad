"""The terms of the field in six languages, and the bridge from one language to another.

"entraide judiciaire" is "mutual legal assistance", the title of article 18.
"""
