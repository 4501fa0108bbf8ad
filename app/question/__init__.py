"""What a question asks: its parties and their roles, time and venue, treaties, kind of answer, dialogue turn.

"What did Israel say about Iran's programme in 2019?" is read as speaker ISR, year 2019, topic "Iran's programme".
By lookup and small trained models in six languages; knows nothing of stores, searches or answers.
"""
