"""The chain from a question to a verified answer: compose, check claims, verify citations, abstain with a reason.

A quotation is copied from the stored statement at its offsets; what fails verification is dropped and counted.
"""
