-- The redaction of an erased organization's customer at Stripe (ADR 109), which may end long after the erasure: Stripe redacts a
-- payment 90 days after it was made at the earliest. The id names nobody to us once the key is destroyed.
ALTER TABLE "erasures" ADD COLUMN "customer_id" TEXT;
ALTER TABLE "erasures" ADD COLUMN "redaction_job_id" TEXT;
-- What Stripe said the last time it refused: codes, never a text.
ALTER TABLE "erasures" ADD COLUMN "redaction_refusal" TEXT;
ALTER TABLE "erasures" ADD COLUMN "redaction_next_at" TIMESTAMPTZ(3);
ALTER TABLE "erasures" ADD COLUMN "redacted_at" TIMESTAMPTZ(3);
-- Whose personal organization it is, erased with them: their certificate says what became of its customer.
ALTER TABLE "erasures" ADD COLUMN "personal_of" UUID;
