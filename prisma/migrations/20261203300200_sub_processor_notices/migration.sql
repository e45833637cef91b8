-- The members who want to know of changes of sub-processors on behalf of their organization, and what each was told.
CREATE TABLE "sub_processor_notices" (
  "org_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "told" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "sub_processor_notices_pkey" PRIMARY KEY ("org_id", "user_id")
);
CREATE INDEX "sub_processor_notices_user_id_idx" ON "sub_processor_notices" ("user_id");
ALTER TABLE "sub_processor_notices"
  ADD CONSTRAINT "sub_processor_notices_org_id_user_id_fkey"
  FOREIGN KEY ("org_id", "user_id") REFERENCES "memberships" ("org_id", "user_id") ON DELETE CASCADE ON UPDATE CASCADE;
