"""How an app is run, and what it allows strangers."""

from pathlib import Path

from pydantic import Field

from lavimo.config import Options

MB = 1 << 20


class Settings(Options):
    """Of `lavimo app`."""

    host: str = "127.0.0.1"
    """The address to listen at; any but loopback asks for the token."""
    port: int = Field(8000, ge=0, le=65535)
    """0: any that is free."""
    token: str = ""
    """What clients must know; empty: none on loopback, one made up elsewhere."""
    names: tuple[str, ...] = ()
    """Names, beside the address, by which clients may call the machine."""
    avatar: str = "jonas"
    """Who acts the motions out."""
    pictures: Path | None = None
    """Where previews are kept; none: in the index's folder, or for a database in the user's cache."""
    longest_upload_s: float = 120.0
    """Of a video, and the time in which an upload must have come."""
    largest_upload: int = Field(200 * MB, gt=0)
    """Bytes."""
    uploads_kept: int = Field(50, gt=0)
    """The oldest goes first."""
    per_second: float = Field(30.0, gt=0)
    """Requests of one client in the long run."""
    burst: int = Field(150, gt=0)
    """Requests of one client at once: a page of previews is some dozens."""
    uploads_per_minute: float = Field(20.0, gt=0)
    """Of one client."""
    at_once: int = Field(64, gt=0)
    """Connections; others wait."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can call."""
        return self.host in ("127.0.0.1", "::1", "localhost")
