"""The LangChain adapter of the chain: a `Runnable` over `Steps`, for use in other chains; answers are made in steps.py.

`workspace.chain | other` passes the answer to `other`. Nothing in the product itself calls it.
"""

from collections.abc import Iterator
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from app.answering.steps import Question, Steps
from app.records import Answer


class UntocChain(Runnable[str | Question, Answer]):
    """Adapts the chain to LangChain: a question in, a verified `Answer` out.

    While a model writes, `stream` yields the claims that passed so far (status `partial`); each answer replaces the one
    before it, and the last is the one that `invoke` returns. Without a chat model it yields only that one.
    """

    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    def invoke(self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: ANN401 - as the base class has it
        """Answers a question; raises as `Assistant.ask`."""
        return self._call_with_config(self._answer, input, config, **kwargs)

    def stream(self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Answer]:  # noqa: ANN401 - as above
        """Yields partial answers and then the final one; see the class."""
        yield from self._transform_stream_with_config(iter([input]), self._answers, config, **kwargs)

    def _answer(self, question: str | Question) -> Answer:
        *_, answer = self._answers(iter([question]))
        return answer

    def _answers(self, questions: Iterator[str | Question]) -> Iterator[Answer]:
        *_, question = questions
        for state in self.steps.states(question):
            if state.answer is not None:
                yield state.answer
            elif state.composed is not None and state.composed.claims_so_far:
                yield Answer(question=state.question.text, answer=state.composed.claims_so_far, status="partial")
