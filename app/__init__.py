"""The application: questions, retrieval, answers, briefings, checks, exports, the command line and the chat."""
