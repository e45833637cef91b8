-- Behind the second wall (ADR 77) a condition of a statement may use an index only where its operator is known to leak nothing, and
-- PostgreSQL does not know that of the comparison of enum values: a page of one environment read all rows of its organization. Through a
-- view, whose own condition is one like the others, it reads the page. A tenant's role finds the views before the tables of the same
-- name; the policies on the tables stay.
CREATE SCHEMA "tenant";
GRANT USAGE ON SCHEMA "tenant" TO agathaai_tenant;

CREATE VIEW "tenant"."inference_requests" AS
  SELECT * FROM "public"."inference_requests" WHERE org_id = nullif(current_setting('agatha.org', true), '')::uuid;
CREATE VIEW "tenant"."usage_ledger" AS
  SELECT * FROM "public"."usage_ledger" WHERE org_id = nullif(current_setting('agatha.org', true), '')::uuid;
CREATE VIEW "tenant"."usage_statistics_history" AS
  SELECT * FROM "public"."usage_statistics_history" WHERE org_id = nullif(current_setting('agatha.org', true), '')::uuid;
GRANT SELECT ON "tenant"."inference_requests", "tenant"."usage_ledger", "tenant"."usage_statistics_history" TO agathaai_tenant;
