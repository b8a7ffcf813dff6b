"""What the Apiframe dialect answers and asks in query strings."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

Status = Literal["QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"]
Role = Literal["OWNER", "ADMIN", "MEMBER"]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Failure(BaseModel):
    """Why a request was refused, as a sentence."""

    error: str


class ValidationFailure(Failure):
    """`details` has, for each JSON path, what is wrong there."""

    details: dict[str, list[str]] | None = None


class CreditsFailure(Failure):
    """Too few credits."""

    creditsRequired: int
    creditsAvailable: int


class JobAccepted(BaseModel):
    """An order was taken; its credits are held."""

    jobId: UUID
    status: Status


class Upload(BaseModel):
    """A picture that was sent; `url` names it in orders until `expiresAt`."""

    id: UUID
    url: str
    kind: Literal["image"]
    contentType: str
    byteSize: int
    expiresAt: Moment


class Result(BaseModel):
    """The addresses of the pictures."""

    images: list[str]


class ResultWithGrid(Result):
    """The same, and the address of the four pictures of Midjourney in one."""

    gridUrl: str


class JobItem(BaseModel):
    """A job as lists show it."""

    id: UUID
    status: Status
    model: str
    progress: Annotated[int, Field(ge=0, le=100)] | None
    result: ResultWithGrid | Result | None
    error: str | None
    creditCost: int | None
    webhookStatus: Literal["pending", "delivered", "failed"] | None
    createdAt: Moment
    completedAt: Moment | None
    expired: bool


class Job(JobItem):
    """A job with the request it was made by."""

    input: dict[str, Any] | None


class JobList(BaseModel):
    """One page of jobs, newest first."""

    jobs: list[JobItem]
    nextCursor: str | None
    hasMore: bool


class JobListWithModels(JobList):
    """The same, and the names of all models the jobs were asked of."""

    models: list[str]


class JobQuery(BaseModel):
    """Which jobs to list."""

    status: Status | None = None
    model: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=100)] | None = None
    scope: Literal["user", "team"] = "user"
    search: UUID | None = None
    include_models: Literal["true", "false"] = "false"


class Person(BaseModel):
    id: UUID
    email: str
    role: Role


class Team(BaseModel):
    id: UUID
    name: str
    credits: Annotated[int, Field(ge=0)]
    plan: str
    customerId: str | None
    maxConcurrentJobs: int


class Key(BaseModel):
    id: UUID
    name: str
    prefix: str


class Me(BaseModel):
    """Who is asking, with which key, and what it can still spend."""

    user: Person
    team: Team
    apiKey: Key


class ModelEntry(BaseModel):
    """A model that can be used; costs are in credits a picture."""

    id: str
    label: str
    modality: Literal["image"]
    description: str
    costMin: int
    costMax: int
    pricingMode: Literal["flat", "per-output"]


class ModelList(BaseModel):
    models: list[ModelEntry]


class ModelQuery(BaseModel):
    """Which models to list."""

    modality: Literal["image", "video", "music"] | None = None
