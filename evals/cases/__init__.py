"""Cases: their format and sets, what a corpus truly holds, and how cases are drafted, reworded and checked."""
