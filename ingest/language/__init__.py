"""Linguistic knowledge, each piece once: months, numbers, dates, sentences, language detection, lexicons as data.

"vingt-troisième session", "الدورة الثالثة والعشرون" and "Session XXIII" are all 23.
"""
