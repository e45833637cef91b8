ALTER TABLE "organizations" VALIDATE CONSTRAINT "organizations_hipaa_keeps_nothing";
