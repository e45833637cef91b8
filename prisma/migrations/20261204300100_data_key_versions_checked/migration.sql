ALTER TABLE "data_keys" VALIDATE CONSTRAINT "data_keys_versions";
