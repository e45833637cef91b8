-- Names of the glossary for what earlier migrations named otherwise. Renaming changes the catalogue only: it takes
-- milliseconds on a table of any size. The version before this one does not run on it.

-- Which queue a request waits in.
ALTER TYPE "lane" RENAME TO "queue_name";
ALTER TABLE "inference_requests" RENAME COLUMN "lane" TO "queue_name";

-- Emails.
ALTER TABLE "billing_letters" RENAME TO "billing_emails";
ALTER INDEX "billing_letters_pkey" RENAME TO "billing_emails_pkey";
ALTER TABLE "billing_emails" RENAME CONSTRAINT "billing_letters_org_id_fkey" TO "billing_emails_org_id_fkey";
ALTER TABLE "users" RENAME COLUMN "muted_mails" TO "muted_emails";

-- Usage alerts.
ALTER TABLE "usage_notices" RENAME TO "usage_alerts";
ALTER TABLE "usage_alerts" RENAME COLUMN "mailed_at" TO "emailed_at";
ALTER INDEX "usage_notices_pkey" RENAME TO "usage_alerts_pkey";
ALTER INDEX "usage_notices_org_id_starts_at_idx" RENAME TO "usage_alerts_org_id_starts_at_idx";
ALTER INDEX "usage_notices_waiting_idx" RENAME TO "usage_alerts_waiting_idx";

-- Emails that notify somebody, once.
ALTER TABLE "billing_incidents" RENAME COLUMN "told_at" TO "notified_at";
ALTER TABLE "webhook_endpoints" RENAME COLUMN "told_at" TO "notified_at";

-- Watermarks, up to which something is complete, and checkpoints, up to which a job has done its work.
ALTER TABLE "usage_marks" RENAME TO "usage_watermarks";
ALTER INDEX "usage_marks_pkey" RENAME TO "usage_watermarks_pkey";
ALTER TABLE "usage_watermarks" RENAME CONSTRAINT "usage_marks_one_row" TO "usage_watermarks_one_row";
ALTER TABLE "audit_ledger_mark" RENAME TO "audit_ledger_watermark";
ALTER INDEX "audit_ledger_mark_pkey" RENAME TO "audit_ledger_watermark_pkey";
ALTER TABLE "audit_ledger_watermark" RENAME CONSTRAINT "audit_ledger_mark_one" TO "audit_ledger_watermark_one";
ALTER TABLE "billing_marks" RENAME TO "billing_checkpoints";
ALTER INDEX "billing_marks_pkey" RENAME TO "billing_checkpoints_pkey";

-- Known devices.
ALTER TABLE "known_places" RENAME TO "known_devices";
ALTER TABLE "known_devices" RENAME COLUMN "place" TO "device";
ALTER INDEX "known_places_pkey" RENAME TO "known_devices_pkey";
ALTER INDEX "known_places_last_seen_at_idx" RENAME TO "known_devices_last_seen_at_idx";
ALTER TABLE "known_devices" RENAME CONSTRAINT "known_places_user_id_fkey" TO "known_devices_user_id_fkey";

-- PostgreSQL's own word for what these triggers do.
ALTER FUNCTION tell_access_change() RENAME TO notify_access_change;
ALTER TRIGGER "api_keys_tell_change" ON "api_keys" RENAME TO "api_keys_notify_change";
ALTER TRIGGER "subscriptions_tell_change" ON "subscriptions" RENAME TO "subscriptions_notify_change";
ALTER TRIGGER "organizations_tell_change" ON "organizations" RENAME TO "organizations_notify_change";
ALTER TRIGGER "provider_keys_tell_change" ON "provider_keys" RENAME TO "provider_keys_notify_change";
