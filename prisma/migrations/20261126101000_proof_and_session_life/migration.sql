-- Whose use spent a refresh token: a keyed fingerprint of address block and user agent. The same client may repeat the
-- exchange for a short time and gets the same successor.
ALTER TABLE "refresh_tokens" ADD COLUMN "used_by" BYTEA;

-- A session ends 90 days after its sign-in, however much it is used; an operator's ends after 12 hours.
UPDATE "sessions" SET "expires_at" = "created_at" + interval '90 days'
WHERE "expires_at" > "created_at" + interval '90 days';
UPDATE "sessions" AS s SET "expires_at" = s."created_at" + interval '12 hours'
FROM "users" AS u
WHERE u."id" = s."user_id" AND u."role" = 'operator' AND s."expires_at" > s."created_at" + interval '12 hours';

-- What a person made is found by its maker when their address is first proven, and at every password reset.
CREATE INDEX "api_keys_maker_idx" ON "api_keys" ("created_by") WHERE "revoked_at" IS NULL;
CREATE INDEX "invitations_sender_idx" ON "invitations" ("invited_by")
  WHERE "accepted_at" IS NULL AND "revoked_at" IS NULL;
CREATE INDEX "oauth_artifacts_account_idx" ON "oauth_artifacts" (("payload" ->> 'accountId'));
