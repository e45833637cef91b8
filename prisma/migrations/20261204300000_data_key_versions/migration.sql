-- Versions of a subject's data key (ADR 89). `wrapped_key` stays the first one, which the release before reads and writes.
ALTER TABLE "data_keys" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;
-- The newest version, wrapped by the master key `newest_kek_id`; and under it all before, the first among them.
ALTER TABLE "data_keys" ADD COLUMN "newest_key" BYTEA;
ALTER TABLE "data_keys" ADD COLUMN "newest_kek_id" TEXT;
ALTER TABLE "data_keys" ADD COLUMN "earlier_keys" BYTEA;
ALTER TABLE "data_keys" ADD COLUMN "version_at" TIMESTAMPTZ(3);
-- How often the newest version has encrypted, as far as processes have said. 0: not used yet.
ALTER TABLE "data_keys" ADD COLUMN "encryptions" BIGINT NOT NULL DEFAULT 0;
-- Where the first version is destroyed, all are.
ALTER TABLE "data_keys" ADD CONSTRAINT "data_keys_versions" CHECK (
  ("newest_key" IS NULL) = ("version" = 1 OR "destroyed_at" IS NOT NULL)
  AND ("newest_key" IS NULL) = ("earlier_keys" IS NULL)
  AND ("newest_key" IS NULL) = ("newest_kek_id" IS NULL)
  AND ("version" = 1) = ("version_at" IS NULL)) NOT VALID;
