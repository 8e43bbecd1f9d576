"""The pool: a few connections that requests borrow in turn (docs/statements.md).

The driver's own pool wraps every connection in a proxy and every loan in a task and a timer, which is an eighth of what a small
request costs. This one hands out the connection itself, the one used last first. A connection whose borrower was cut
off, or left a transaction open, is not used again.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg

from shuke.kit.connections import Db, connect


class Pool:
    """At most `size` connections to `dsn`, made when they are needed."""

    __slots__ = ("_dsn", "_idle", "_is_closed", "_made", "_waiting", "size")

    def __init__(self, dsn: str, size: int) -> None:
        self.size = size
        self._dsn = dsn
        self._idle: list[Db] = []
        self._made = 0
        self._waiting: deque[asyncio.Future[Db | None]] = deque()
        self._is_closed = False

    @property
    def idle(self) -> int:
        """How many connections nobody uses."""
        return len(self._idle)

    @property
    def made(self) -> int:
        """How many connections there are."""
        return self._made

    async def take(self, timeout_s: float) -> Db:
        """A connection that is nobody else's until it is given back; raises TimeoutError when none gets free in time."""
        if self._is_closed:
            raise ConnectionError("the pool is closed")
        while self._idle:
            db = self._idle.pop()
            if not db.is_closed():
                return db
            self._made -= 1
        if self._made < self.size:
            self._made += 1
        elif (freed := await self._wait(timeout_s)) is not None:
            return freed
        return await self._make(timeout_s)

    def give_back(self, db: Db, *, is_sound: bool = True) -> None:
        """The connection is free again, first of all for who waits longest; one that is not sound is thrown away."""
        if self._is_closed or not is_sound or db.is_closed() or db.is_in_transaction():
            db.terminate()
            self._leave()
        elif not self._pass_on(db):
            self._idle.append(db)

    async def close(self) -> None:
        """Close every idle connection now, and every other when it is given back."""
        self._is_closed = True
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(ConnectionError("the pool is closed"))
        while self._idle:
            self._made -= 1
            await self._idle.pop().close(timeout=5)

    async def __aenter__(self) -> "Pool":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _make(self, timeout_s: float) -> Db:
        """Make a connection in the room that was taken for it."""
        try:
            if self._is_closed:
                raise ConnectionError("the pool is closed")
            return await connect(self._dsn, timeout=timeout_s)
        except BaseException as error:
            self._leave()
            if isinstance(error, OSError) and not isinstance(error, TimeoutError | ConnectionError):
                # A server that was stopped takes its socket with it: there is no file, or no route, or no such name.
                raise ConnectionError(str(error)) from error
            raise

    def _leave(self) -> None:
        # The room stays taken until who waits for it has woken: nobody who comes between them takes it a second time.
        if not self._pass_on(None):
            self._made -= 1

    async def _wait(self, timeout_s: float) -> Db | None:
        """Wait for a connection, or for the room to make one (None)."""
        turn: asyncio.Future[Db | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(timeout_s):
                return await turn
        except BaseException:
            # What came in the moment we gave up is for the next one.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                freed = turn.result()
                self._leave() if freed is None else self.give_back(freed)
            raise

    def _pass_on(self, db: Db | None) -> bool:
        """Give a connection, or the room for one, to who waits longest; False when nobody waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(db)
                return True
        return False


async def open_pool(dsn: str, *, size: int = 12) -> Pool:
    """A pool of at most `size` connections, one of which is made at once: raises when the database cannot be reached."""
    pool = Pool(dsn, size)
    pool.give_back(await pool.take(60))
    return pool


@asynccontextmanager
async def borrowed(pool: Pool, *, timeout_s: float = 10) -> AsyncGenerator[Db]:
    """A connection of the pool for one block; raises TimeoutError when none gets free in time."""
    db = await pool.take(timeout_s)
    is_sound = False
    try:
        yield db
        is_sound = True
    except (asyncio.CancelledError, TimeoutError, asyncpg.InternalClientError):
        raise
    except BaseException:
        is_sound = True
        raise
    finally:
        pool.give_back(db, is_sound=is_sound)
