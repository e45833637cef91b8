-- When each scheduled job last ended well, and by when it should again (ADR 106): a job that never runs writes no metric of its own.
CREATE TABLE "job_runs" (
  "name" TEXT NOT NULL,
  "due_by" TIMESTAMPTZ(3) NOT NULL,
  "succeeded_at" TIMESTAMPTZ(3),
  "failed_at" TIMESTAMPTZ(3),
  "failures" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "job_runs_pkey" PRIMARY KEY ("name")
);
