"""``kedro forget-user``: one person, from the look at what is there to the proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from personalization.config.stamps import run_started_at
from personalization.contracts.errors import NotErasedError, PersonalizationError
from personalization.datasets.locks import hold
from personalization.erasure.artefacts import made_by
from personalization.erasure.forget import ERASED_USERS, Look, Request, forget, look, note_run
from personalization.erasure.readout import (
    tell_erased,
    tell_look,
    tell_search,
    tell_shops_files,
    tell_step,
)
from personalization.erasure.shops_files import find_in_shops_files
from personalization.erasure.spelling import spell_as_read
from personalization.names import every_pipeline
from personalization.spark.build import require_spark

LOCK_TIMEOUT_SECONDS: Final = 60

Say = Callable[[str], None]


def forget_user(
    user_id: str, env: str | None, parameters: Mapping[str, Any], say: Say, *, dry_run: bool
) -> None:
    """Erase a person, make again what was made with it, and prove that it is gone.

    Args:
        user_id: of the person.
        env: environment, as of ``kedro run``.
        parameters: as of ``kedro run --params``.
        say: told each line for the person at the terminal.
        dry_run: whether only to look.

    Raises:
        NotErasedError: nobody has this id, or something of the person is still there.
    """
    from kedro.framework.session import KedroSession

    created: Any = KedroSession.create(Path.cwd(), env=env, runtime_params=dict(parameters))
    with created as session:
        context = session.load_context()
        request = make_request(user_id, context, parameters, say)
        require_spark()
        to_run = erase(request, say, dry_run=dry_run)
    if dry_run:
        return
    problem = None
    if to_run:
        say(f"Making again what was made with the person: {', '.join(to_run)}")
        problem = run_again(env, parameters, to_run)
        for pipeline in () if problem else to_run:
            note_run(request, pipeline)
    prove(request, say)
    if problem:
        raise NotErasedError(
            f"The person is erased, but {', '.join(to_run)} could not be run again: {problem}"
        )


def make_request(user_id: str, context: Any, parameters: Mapping[str, Any], say: Say) -> Request:
    """The request to erase somebody from the data of a project."""
    settings = context.config_loader["globals"]
    data_root = str(parameters.get("data_root") or settings["data_root"])
    if "://" not in data_root:
        data_root = str(context.project_path / data_root)
    catalog = context.catalog
    spelt = spell_as_read(user_id, catalog)
    if spelt != user_id:
        say(f"Files with {user_id!r} are read as {spelt!r}: that is who is looked for.")
    return Request(
        user_id=spelt,
        catalog=catalog,
        data_root=data_root,
        shop=str(settings["shop"]),
        moment=run_started_at(),
        makers=made_by(every_pipeline()),
        announce=lambda step: say(f"  {tell_step(step)}"),
    )


def erase(request: Request, say: Say, *, dry_run: bool) -> tuple[str, ...]:
    """Erase a person; the pipelines that make again what was deleted.

    Raises:
        NotErasedError: nobody has this id.
    """
    with hold(f"{request.data_root}/run", LOCK_TIMEOUT_SECONDS):
        seen = look(request)
        if seen.is_nobody:
            raise NotErasedError(
                f"Nothing in '{request.shop}' below {request.data_root} is of a user "
                f"{request.user_id!r}: nothing was changed. Is it spelt as in the shop's files?"
            )
        for line in tell_look(seen):
            say(line)
        shops = find_in_shops_files(request.catalog, seen.known.only(seen.erasure))
        for line in tell_shops_files(shops):
            say(line)
        if dry_run:
            say("Dry run: nothing was changed.")
            return ()
        if seen.is_done:
            return seen.erasure.to_run
        return carry_out(request, seen, say)


def carry_out(request: Request, seen: Look, say: Say) -> tuple[str, ...]:
    """Erase whom a look has found; the pipelines to be run again."""
    erased = forget(request, seen)
    for line in tell_erased(erased):
        say(line)
    return erased.to_run


def run_again(
    env: str | None, parameters: Mapping[str, Any], to_run: tuple[str, ...]
) -> str | None:
    """Run pipelines; why they could not be run, in words, None where they were."""
    from kedro.framework.session import KedroSession

    try:
        created: Any = KedroSession.create(Path.cwd(), env=env, runtime_params=dict(parameters))
        with created as session:
            session.run(pipeline_names=list(to_run))
    except PersonalizationError as error:
        return error.message
    return None


def prove(request: Request, say: Say) -> None:
    """Search every file and say what was searched.

    Raises:
        NotErasedError: the person stands in a file.
    """
    found = request.search()
    for line in tell_search(found):
        say(line)
    if found.sure:
        raise NotErasedError(
            f"{len(found.sure)} places still hold the id, see above; who was erased is noted in "
            f"{ERASED_USERS}. Look at each: what the project does not write is yours to delete; "
            "a table's files are not. Then run the command again."
        )
