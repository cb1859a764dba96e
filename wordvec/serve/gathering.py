"""Questions that wait while others are computed are then computed together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

MOST = 32  # questions at a time: while some are computed, the answers before them are written (measured: 16, 32, 64)


class Gathering:
    """Hands questions to `answer`, which runs on a thread and takes many of them at once.

    One product of a matrix with many vectors reads the matrix once. No question waits for others to come: a question
    that comes while nothing is computed is computed alone. ``answer(questions)`` returns an answer or an exception
    for each.
    """

    def __init__(self, answer: Callable[[Sequence[Any]], Sequence[Any]], threads: Executor) -> None:
        self.answer, self.threads = answer, threads
        self.waiting: deque[tuple[Any, asyncio.Future[Any]]] = deque()
        self.running: asyncio.Task[None] | None = None

    async def ask(self, question: Any) -> Any:
        """The answer to one question; raises what stands in its place."""
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((question, future))
        if self.running is None:
            self.running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self.waiting:
                some = [self.waiting.popleft() for _ in range(min(MOST, len(self.waiting)))]
                some = [(question, future) for question, future in some if not future.done()]  # whose reader is there
                if not some:
                    continue
                try:
                    answers = await loop.run_in_executor(self.threads, self.answer, [question for question, _ in some])
                except Exception as error:  # each of them gets it
                    answers = [error] * len(some)
                for (_, future), answer in zip(some, answers):
                    if future.done():
                        continue
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            self.running = None
