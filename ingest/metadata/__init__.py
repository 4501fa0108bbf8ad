"""What a statement says of itself: State or group, body, session, date, agenda item; and manifests that correct it.

"on behalf of the European Union" makes the EU the holder of the position, and the reader its speaker.
"""
