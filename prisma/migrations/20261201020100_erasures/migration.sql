-- Erasures of people and organizations, from the request to the signed certificate. No personal data: an id and times.
CREATE TABLE "erasures" (
  "id" UUID NOT NULL,
  "subject_type" "data_key_subject" NOT NULL,
  "subject_id" UUID NOT NULL,
  -- Of the secret by which its state can be read, since an erased person cannot sign in.
  "receipt_hash" BYTEA NOT NULL,
  "requested_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3) NOT NULL,
  "erased_at" TIMESTAMPTZ(3),
  -- Whether there was a customer at Stripe, who is deleted there.
  "had_customer" BOOLEAN NOT NULL DEFAULT false,
  "completed_at" TIMESTAMPTZ(3),
  "certificate" JSONB,
  CONSTRAINT "erasures_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "erasures_of_a_person_or_organization" CHECK (subject_type IN ('user', 'org')),
  CONSTRAINT "erasures_complete_is_certified" CHECK ((completed_at IS NULL) = (certificate IS NULL) AND (completed_at IS NULL OR erased_at IS NOT NULL))
);
CREATE UNIQUE INDEX "erasures_receipt_hash_key" ON "erasures" ("receipt_hash");
CREATE INDEX "erasures_subject_type_subject_id_idx" ON "erasures" ("subject_type", "subject_id");
CREATE INDEX "erasures_to_do" ON "erasures" ("id") WHERE completed_at IS NULL;
