-- An organization reads the column when its data is exported (ADR 77).
GRANT SELECT ("revoked_tokens") ON "service_accounts" TO agathaai_tenant;
