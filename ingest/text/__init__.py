"""The text of a document: layout, page furniture, reading repair with an offset map, passages of whole sentences.

"Theseillegal actions" reads as "These illegal actions" while offsets still count the source's characters.
"""
