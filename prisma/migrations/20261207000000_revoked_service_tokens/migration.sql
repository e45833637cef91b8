-- Tokens of a service account that were ended one by one and have not expired: "<expiry>.<jti>" of each (ADR 115). A token's key is read
-- with them, so they cost a call nothing, and every process is told as it is of a disabled account.
ALTER TABLE "service_accounts" ADD COLUMN "revoked_tokens" TEXT[] NOT NULL DEFAULT '{}';
CREATE OR REPLACE TRIGGER "service_accounts_notify_change"
  AFTER DELETE OR UPDATE OF "disabled_at", "generation", "revoked_tokens" ON "service_accounts"
  FOR EACH ROW EXECUTE FUNCTION notify_service_account_change();
