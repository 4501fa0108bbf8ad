"""What people make of the corpus: conversations, briefings and saved cases, each with an owner and shares."""
