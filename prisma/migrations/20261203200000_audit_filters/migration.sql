-- What the audit log is filtered by. Entries of batches, which outnumber the rest by far, are in none of these.
-- Only the table's: `deploy` builds those of its partitions concurrently, and attaches them (ADR 98).
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "audit_logs_action_idx" ON ONLY "audit_logs" ("org_id", "action", "created_at" DESC)
  WHERE "action" NOT IN ('api.request', 'api.requests_recorded', 'usage.recorded');
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "audit_logs_actor_idx" ON ONLY "audit_logs" ("org_id", "actor_id", "created_at" DESC) WHERE "actor_id" IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "audit_logs_target_idx" ON ONLY "audit_logs" ("org_id", "target_id", "created_at" DESC) WHERE "target_id" IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "audit_logs_target_type_idx" ON ONLY "audit_logs" ("org_id", "target_type", "created_at" DESC) WHERE "target_type" IS NOT NULL;
-- Calls from before there were batches.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "audit_logs_calls_idx" ON ONLY "audit_logs" ("org_id", "created_at" DESC) WHERE "action" = 'api.request';
