"""Records of meetings with several speakers, cut into interventions: who speaks from where to where.

"Mr. Ilvane (Arvandia) said that …" opens an intervention of Arvandia that ends where the next speaker begins.
"""
