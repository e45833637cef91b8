-- What a person has agreed to, and withdrawn: written once, never changed (ADR 91).
CREATE TABLE "consents" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "document" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  -- False: it was withdrawn.
  "given" BOOLEAN NOT NULL,
  "method" TEXT NOT NULL,
  "ip_cipher" BYTEA,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "consents_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "consents_document_is_known" CHECK ("document" IN ('terms', 'privacy', 'dpa', 'marketing')),
  CONSTRAINT "consents_method_is_known" CHECK ("method" IN ('sign_up', 'asked', 'settings')),
  CONSTRAINT "consents_only_marketing_is_withdrawn" CHECK ("given" OR "document" = 'marketing')
);
CREATE INDEX "consents_user_id_id_idx" ON "consents" ("user_id", "id");
ALTER TABLE "consents"
  ADD CONSTRAINT "consents_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
