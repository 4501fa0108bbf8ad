"""The terms of the field in six languages, and topics translated by them.

"entraide judiciaire" is "mutual legal assistance", the title of article 18.
"""
