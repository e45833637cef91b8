-- What is kept for no day is not stored under /v1 either, nor archived.
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_no_retention_keeps_nothing"
  CHECK ("retention_days" IS DISTINCT FROM 0 OR ("archive_days" IS NOT DISTINCT FROM 0 AND "storage" = 'forbidden'));

-- A legal obligation to keep what we hold of a person or an organization: retention and erasure wait for its end (ADR 79).
CREATE TABLE "legal_holds" (
  "id" UUID NOT NULL,
  "subject_type" "data_key_subject" NOT NULL,
  "subject_id" UUID NOT NULL,
  "reason" TEXT NOT NULL,
  "placed_by" UUID NOT NULL,
  "placed_at" TIMESTAMPTZ(3) NOT NULL,
  "released_by" UUID,
  "released_at" TIMESTAMPTZ(3),
  CONSTRAINT "legal_holds_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "legal_holds_of_a_person_or_organization" CHECK ("subject_type" IN ('user', 'org')),
  CONSTRAINT "legal_holds_released_by_somebody" CHECK (("released_at" IS NULL) = ("released_by" IS NULL))
);
CREATE UNIQUE INDEX "legal_holds_one_at_a_time" ON "legal_holds" ("subject_type", "subject_id") WHERE released_at IS NULL;
