"""What a question asks: its parties and their roles, occasion, treaties, kind of answer, dialogue turn.

"What did Israel say about Iran's programme in 2019?" is read as speaker ISR, year 2019, topic "Iran's programme".
By lookup and small trained models in six languages. It imports no store, search or answer, and of the answer before a
follow-up it is given only what was shown (`resolution.Shown`).
"""
