"""What can be set about a BM25 index."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Bm25Options(BaseModel):
    """`[engine.options.bm25]`; a part whose weight is 0 is not built."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    k1: float = Field(1.5, gt=0, le=10, description="how slowly a repeated word stops counting")
    b: float = Field(0.75, ge=0, le=1, description="how far a long passage is marked down")
    floor: int = Field(50, ge=0, description="a passage of fewer words counts as this long")
    voice: float = Field(0.5, ge=0, le=10, description="weight of name, role, organisation, cue")
    heading: float = Field(0.3, ge=0, le=10, description="weight of title and heading")
    pairs: float = Field(0.2, ge=0, le=10, description="weight of words side by side")
    around: float = Field(0.3, ge=0, le=10, description="weight of the passages before and after")
    parent: float = Field(1.0, ge=0, le=10, description="weight of the speech or document")
    terms: int = Field(128, gt=0, description="most stems of one question that are searched")
    fast: bool = Field(default=True, description="score with numba where it is installed")
