-- Organizations that pay beyond their quota lease budget for queued requests (ADR 86): the tokens from which their requests owe, null for the others.
ALTER TABLE "budget_leases" ADD COLUMN "overage_from" BIGINT;
