-- The status page (ADR 97): what a job measured of each component, and what operators say about it.

CREATE TYPE "component_state" AS ENUM ('up', 'degraded', 'down', 'idle');

-- What was found in a minute. The first finding of a minute stays.
CREATE TABLE "status_samples" (
  "component" TEXT NOT NULL,
  "minute" TIMESTAMPTZ(3) NOT NULL,
  "state" "component_state" NOT NULL,
  CONSTRAINT "status_samples_pkey" PRIMARY KEY ("component", "minute")
);
CREATE INDEX "status_samples_minute_idx" ON "status_samples" ("minute");

-- The minutes of a UTC day by what was found in them: counted in the statement that adds the sample.
CREATE TABLE "status_days" (
  "component" TEXT NOT NULL,
  "day" DATE NOT NULL,
  -- The first minute of the day that was measured.
  "since" TIMESTAMPTZ(3) NOT NULL,
  "up" INTEGER NOT NULL,
  "degraded" INTEGER NOT NULL,
  "down" INTEGER NOT NULL,
  "idle" INTEGER NOT NULL,
  CONSTRAINT "status_days_pkey" PRIMARY KEY ("component", "day")
);
CREATE INDEX "status_days_day_idx" ON "status_days" ("day");

CREATE TYPE "notice_kind" AS ENUM ('incident', 'maintenance');
CREATE TYPE "notice_severity" AS ENUM ('P0', 'P1', 'P2', 'P3');
CREATE TYPE "notice_state" AS ENUM
  ('investigating', 'identified', 'monitoring', 'resolved', 'scheduled', 'in_progress', 'completed', 'canceled');

-- An incident, or maintenance announced ahead.
CREATE TABLE "status_notices" (
  "id" UUID NOT NULL,
  "kind" "notice_kind" NOT NULL,
  "title" TEXT NOT NULL,
  "severity" "notice_severity",
  "components" TEXT[] NOT NULL,
  "state" "notice_state" NOT NULL,
  "starts_at" TIMESTAMPTZ(3) NOT NULL,
  -- Of an incident: when it was resolved. Of maintenance: when it is to end, or ended.
  "ends_at" TIMESTAMPTZ(3),
  "created_by" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "status_notices_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "status_notices_severity" CHECK (("severity" IS NULL) = ("kind" = 'maintenance')),
  CONSTRAINT "status_notices_state" CHECK (
    ("kind" = 'incident') = ("state" IN ('investigating', 'identified', 'monitoring', 'resolved'))),
  CONSTRAINT "status_notices_end" CHECK (
    CASE WHEN "kind" = 'incident' THEN ("ends_at" IS NULL) = ("state" <> 'resolved') ELSE "ends_at" IS NOT NULL END)
);
CREATE INDEX "status_notices_starts_at_idx" ON "status_notices" ("starts_at" DESC);

CREATE TABLE "status_updates" (
  "id" UUID NOT NULL,
  "notice_id" UUID NOT NULL,
  "state" "notice_state" NOT NULL,
  "text" TEXT NOT NULL,
  "created_by" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "status_updates_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "status_updates_notice_id_fkey" FOREIGN KEY ("notice_id") REFERENCES "status_notices" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "status_updates_notice_id_id_idx" ON "status_updates" ("notice_id", "id" DESC);
