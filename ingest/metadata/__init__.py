"""What a statement says of itself: State or group, body, session, date, agenda item; and manifests that correct it."""
