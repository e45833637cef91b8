-- Data keys that encrypt, by how long: the oldest of them are counted at every scrape.
CREATE INDEX CONCURRENTLY "data_keys_in_use" ON "data_keys" (coalesce("version_at", "created_at")) WHERE "wrapped_key" IS NOT NULL AND "encryptions" > 0;
