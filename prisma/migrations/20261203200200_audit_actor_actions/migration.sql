-- Who did what: the two filters most often used together. Without it, an actor's entries are read until enough of the actions are found.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "audit_logs_actor_action_idx" ON ONLY "audit_logs" ("org_id", "actor_id", "action", "created_at" DESC)
  WHERE "actor_id" IS NOT NULL AND "action" NOT IN ('api.request', 'api.requests_recorded', 'usage.recorded');
