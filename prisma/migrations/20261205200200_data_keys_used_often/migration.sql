-- Data keys that have encrypted so often that they are to have a new version.
CREATE INDEX CONCURRENTLY "data_keys_used_often" ON "data_keys" ("encryptions") WHERE "encryptions" >= 16777216;
