-- Proofs of work that a sign-up has used, until their challenge expires: each counts once.
CREATE TABLE "spent_proofs" (
  "challenge_hash" BYTEA NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "spent_proofs_pkey" PRIMARY KEY ("challenge_hash")
);
CREATE INDEX "spent_proofs_expires_at_idx" ON "spent_proofs" ("expires_at");
