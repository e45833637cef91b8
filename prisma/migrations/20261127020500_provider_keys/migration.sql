-- An organization's own credentials at the model providers, encrypted with its data key (ADR 42).
CREATE TABLE "provider_keys" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "provider" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "fallback" BOOLEAN NOT NULL DEFAULT false,
  "key_cipher" BYTEA NOT NULL,
  "last_four" TEXT NOT NULL,
  "created_by" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "rotated_at" TIMESTAMPTZ(3),
  CONSTRAINT "provider_keys_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "provider_keys"
  ADD CONSTRAINT "provider_keys_position_from_one" CHECK (position >= 1),
  ADD CONSTRAINT "provider_keys_last_four" CHECK (length(last_four) <= 4),
  ADD CONSTRAINT "provider_keys_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "provider_keys_org_id_provider_position_idx" ON "provider_keys" ("org_id", "provider", "position");

-- Processes keep for seconds whether an organization has keys of its own, and which: a change is told at once.
CREATE TRIGGER "provider_keys_tell_change" AFTER INSERT OR UPDATE OR DELETE ON "provider_keys"
  FOR EACH ROW EXECUTE FUNCTION tell_access_change();
