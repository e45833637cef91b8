-- Whether everybody who works in the organization must have a second factor (ADR 65). API keys need none.
ALTER TABLE "organizations" ADD COLUMN "two_factor_required" BOOLEAN NOT NULL DEFAULT false;
