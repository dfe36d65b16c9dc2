"""The application: what is asked for at which address, and what is answered. OpenAPI at /openapi.json."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.background import BackgroundTask

from lavimo.app.ahead import Ahead
from lavimo.app.page import PAGE, vendored
from lavimo.app.pictures import Pictures
from lavimo.app.preview_workers import PreviewWorkers
from lavimo.app.safety import Guard, refusal
from lavimo.app.sandbox import Kind
from lavimo.app.schemas import (
    DescriptionResponse,
    LibraryResponse,
    SearchRequest,
    SearchResponse,
    UploadResponse,
    facts,
)
from lavimo.app.sequence import Blend, Cuts, row
from lavimo.app.settings import Settings
from lavimo.app.uploads import TooLarge, TooSlow, Uploads
from lavimo.export.export import Format, plain, write
from lavimo.export.join import BLEND_S
from lavimo.export.onto_rig import onto
from lavimo.export.skeleton import export_own, write_moving
from lavimo.export.take import Cut, Take, take_of
from lavimo.formats.distinct import SeveralAnimations
from lavimo.motion.resample import checked_fps
from lavimo.search import rerank
from lavimo.search.item import ID, Window
from lavimo.search.library import Library
from lavimo.search.origin import origin_of
from lavimo.versions import __version__

Id = Annotated[str, InPath(pattern=f"^{ID.pattern}$")]
Skeleton = Annotated[str, Query(pattern="^(smpl|own|[0-9a-f]{32})$")]
SentId = Annotated[str, InPath(pattern="^[0-9a-f]{32}$")]
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
TYPES = {"bvh": "text/plain", "glb": "model/gltf-binary", "npz": "application/octet-stream", "mp4": "video/mp4"}


def create(address: str, settings: Settings, workers: PreviewWorkers, model: Path | None = None) -> FastAPI:
    """The application over an index.

    Args:
        workers: draw the previews.

    Raises:
        ValueError: there is no index, or its model is gone.
    """
    uploads = Uploads(settings.largest_upload, settings.longest_upload_s, settings.uploads_kept)
    library = Library(address, model, reader=uploads)
    library.retriever.embed_texts(["somebody moves"])  # now, for the first who asks waits no longer
    pictures = Pictures(library.store, workers)
    ahead = Ahead(library, pictures)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        ahead.close()
        uploads.close()
        library.close()

    app = FastAPI(title="lavimo", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.middleware("http")(Guard(settings))
    app.add_exception_handler(RequestValidationError, _malformed)

    @app.get("/health")
    def health() -> dict[str, Any]:
        """Whether it lives."""
        return {"status": "ok", "version": __version__}

    @app.get("/api/library")
    def about() -> LibraryResponse:
        """What is in the library."""
        library.store.refresh()
        told = facts(library, settings)
        ahead.begin(told.examples)
        return told

    @app.post("/api/uploads", response_model=UploadResponse)
    async def send(request: Request, kind: Kind, animation: str = "") -> Any:
        """Send a video, a motion file, a picture or a file with a skeleton as the request's body; it is known by an id
        for an hour. Of a file with several animations one is named; where none is, the answer is 422 with their names
        as `animations`."""
        if int(request.headers.get("content-length") or 0) > settings.largest_upload:
            raise HTTPException(413, f"found more than {settings.largest_upload >> 20} MiB, expected less")
        try:
            upload = await uploads.receive(kind, request.stream(), animation)
        except SeveralAnimations as error:
            return JSONResponse({"detail": str(error), "animations": error.names}, 422)
        except TooLarge as error:
            raise HTTPException(413, str(error)) from error
        except TooSlow as error:
            raise HTTPException(408, str(error)) from error
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        return UploadResponse.of(upload)

    @app.get("/api/uploads/{id}/people.jpg", response_class=FileResponse)
    def people(id: SentId) -> FileResponse:
        """The people in a video, each with landmarks in a colour."""
        upload = _or_404(lambda: uploads.get(id, "video"))
        return FileResponse(upload.file.with_suffix(".jpg"), media_type="image/jpeg")

    @app.post("/api/search", response_model=SearchResponse)
    def search(request: SearchRequest) -> Response:
        """Find motions."""
        try:
            found = SearchResponse.model_validate(library.search(request.query(uploads)).to_json())
            return Response(found.model_dump_json(), media_type="application/json")  # what is checked once
        except ValueError as error:
            raise HTTPException(422, str(error)) from error

    @app.get("/api/motions/{id}")
    def motion(id: Id) -> dict[str, Any]:
        """What is known of a motion."""
        item = _or_404(lambda: library.store.get(id))
        return {
            "id": item.id, "name": item.name, "captions": item.captions, "licence": item.licence,
            "format": item.format, "duration_s": item.duration_s, "travel_m": item.travel_m,
        }  # fmt: skip

    @app.get("/api/motions/{id}/description")
    def description(
        id: Id, begin_s: float = 0, end_s: float | None = None, mirrored: bool = False
    ) -> DescriptionResponse:
        """What a motion, or a stretch of it, shows: in words, and when."""
        item = _or_404(lambda: library.store.get(id))
        window = Window(begin_s, min(end_s or item.duration_s, item.duration_s), mirrored)
        return DescriptionResponse.of(window.shows(library.store.facts(id)))

    @app.get("/api/motions/{id}/preview.webp", response_class=FileResponse)
    def preview(id: Id, begin_s: float = 0, end_s: float | None = None, mirrored: bool = False) -> FileResponse:
        """A small looping picture."""
        item = _or_404(lambda: library.store.get(id))
        window = Window(begin_s, min(end_s or item.duration_s, item.duration_s), mirrored)
        path = _or_422(lambda: pictures.preview(id, window))
        return FileResponse(path, media_type="image/webp", headers=FOREVER)

    @app.get("/api/motions/{id}/preview.jpg", response_class=FileResponse)
    def sheet(id: Id, begin_s: float = 0, end_s: float | None = None, mirrored: bool = False) -> FileResponse:
        """Four frames of the preview, two by two, for programs in which no picture moves."""
        item = _or_404(lambda: library.store.get(id))
        window = Window(begin_s, min(end_s or item.duration_s, item.duration_s), mirrored)
        path = _or_422(lambda: pictures.sheet(id, window))
        return FileResponse(path, media_type="image/jpeg", headers=FOREVER)

    @app.get("/api/motions/{id}/tracks", response_class=Response)
    def tracks(id: Id, begin_s: float = 0, end_s: float | None = None, mirrored: bool = False) -> Response:
        """The motion as float32, a frame a row, 20 a second: the pelvis (3), then 24 quaternions (x, y, z, w)."""
        whole = _or_404(lambda: library.store.motion(id))
        take = _or_422(lambda: take_of(whole, Cut(id, begin_s, end_s, mirrored)))
        return Response(pictures.tracks(take).astype("<f4").tobytes(), media_type="application/octet-stream")

    @app.get("/api/motions/{id}/ghost", response_class=Response)
    def ghost(
        id: Id, upload: str, person: int = -1, begin_s: float = 0, end_s: float | None = None, mirrored: bool = False
    ) -> Response:
        """The landmarks of a video over a window of a motion: float32, a frame a row, 15 points (x, y, z)."""
        whole = _or_404(lambda: library.store.motion(id))
        take = _or_422(lambda: take_of(whole, Cut(id, begin_s, end_s, mirrored)))
        who = f"person {person}" if person >= 0 else "largest"
        seen = _or_404(lambda: uploads.landmarks(Path(upload), who))
        made = rerank.ghost(seen, pictures.points(take))
        return Response(made.astype("<f4").tobytes(), media_type="application/octet-stream")

    @app.get("/api/motions/{id}/export.{kind}", response_class=FileResponse)
    def exported(
        id: Id, kind: Format, begin_s: float = 0, end_s: float | None = None, mirrored: bool = False,
        in_place: bool = False, loop: bool = False, fps: float | None = None, dressed: bool = False,
        skeleton: Skeleton = "smpl",
    ) -> FileResponse:  # fmt: skip
        """The motion as a file for other programs; `skeleton` is `smpl`, `own`, or the id of an upload of that kind."""
        item = _or_404(lambda: library.store.get(id))
        whole = library.store.motion(id)
        cut = _or_422(lambda: Cut(plain(item.name), begin_s, end_s, mirrored, in_place, loop, fps))
        if skeleton == "own":
            origin = _or_422(lambda: origin_of(item))
            return file(cut.name, kind, lambda path: export_own(origin, whole, cut, path, kind))
        take = _or_422(lambda: take_of(whole, cut))
        if skeleton == "smpl":
            return smpl(take, cut.name, kind, dressed)
        rig = _or_404(lambda: uploads.get(skeleton, "skeleton")).seen.content
        return file(cut.name, kind, lambda path: write_moving(path, onto(take, rig), cut.name, kind))

    @app.get("/api/tracks", response_class=Response)
    def tracks_of_row(cuts: Cuts, blend_s: Blend = BLEND_S) -> Response:
        """Several motions in a row, as the tracks of one."""
        take = row(library.store, cuts, blend_s)[1]
        return Response(pictures.tracks(take).astype("<f4").tobytes(), media_type="application/octet-stream")

    @app.get("/api/export.{kind}", response_class=FileResponse)
    def exported_row(
        kind: Format, cuts: Cuts, blend_s: Blend = BLEND_S, in_place: bool = False, fps: float = 20,
        dressed: bool = False,
    ) -> FileResponse:  # fmt: skip
        """Several motions in a row as one file: `cut=ID@BEGIN-END` of each, with a `!` after it if mirrored."""
        name, take = row(library.store, cuts, blend_s)
        return smpl(_or_422(lambda: take.finished(in_place, checked_fps(fps))), name, kind, dressed)

    def smpl(take: Take, name: str, kind: Format, dressed: bool) -> FileResponse:
        person = pictures.person() if dressed or kind == "mp4" else None
        return file(name, kind, lambda path: write(take, name, path, kind, person))

    def file(name: str, kind: Format, make: Callable[[Path], None]) -> FileResponse:
        folder = TemporaryDirectory(prefix="lavimo-export-")
        path = Path(folder.name) / f"{name}.{kind}"
        try:
            make(path)
        except ValueError as error:
            folder.cleanup()
            raise HTTPException(422, str(error)) from error
        return FileResponse(path, media_type=TYPES[kind], filename=path.name, background=BackgroundTask(folder.cleanup))

    @app.get("/api/avatar.glb", response_class=FileResponse)
    def avatar() -> FileResponse:
        """Who acts in the viewer."""
        return FileResponse(pictures.avatar(), media_type="model/gltf-binary")

    @app.get("/", response_class=FileResponse)
    def page() -> FileResponse:
        """The page for people."""
        return FileResponse(PAGE / "index.html")

    app.mount("/vendor", StaticFiles(directory=vendored(), check_dir=False))
    app.mount("/page", StaticFiles(directory=PAGE))
    return app


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    """A request that cannot be understood: which part, and why; not what it said, which may be large."""
    assert isinstance(error, RequestValidationError)
    faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:5]]
    return refusal(422, "; ".join(faults)[:1000])


def _or_404(get: Callable[[], Any]) -> Any:
    try:
        return get()
    except ValueError as error:
        raise HTTPException(404, str(error)) from error


def _or_422(get: Callable[[], Any]) -> Any:
    try:
        return get()
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
