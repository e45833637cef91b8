-- Usage behind the second wall (ADR 77).
ALTER TABLE "usage_statistics_history" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "system" ON "usage_statistics_history" TO agathaai_app USING (true) WITH CHECK (true);
CREATE POLICY "one_organization" ON "usage_statistics_history" FOR SELECT TO agathaai_tenant
  USING (org_id = nullif(current_setting('agatha.org', true), '')::uuid);

-- PostgreSQL has no policies for materialized views. A tenant's role has no right on them; it reads the rows of the organization that
-- its transaction named, and none where it named none, through these.
CREATE VIEW "tenant_usage_statistics_hourly" WITH (security_barrier) AS
  SELECT * FROM "usage_statistics_hourly" WHERE org_id = nullif(current_setting('agatha.org', true), '')::uuid;
CREATE VIEW "tenant_usage_statistics_daily" WITH (security_barrier) AS
  SELECT * FROM "usage_statistics_daily" WHERE org_id = nullif(current_setting('agatha.org', true), '')::uuid;

-- The watermarks are of nobody.
GRANT SELECT ON "usage_statistics_history", "tenant_usage_statistics_hourly", "tenant_usage_statistics_daily", "usage_watermarks"
  TO agathaai_tenant;
