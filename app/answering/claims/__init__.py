"""Claim checks: whether a model's claim is entailed by the quotations that it cites, by rules in six languages.

"Arvandia supports sanctions" fails against "We do not support sanctions": the claim leaves out an operator.
"""
