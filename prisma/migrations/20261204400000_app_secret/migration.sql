-- Whoever finds a client secret can report it: by which app it is, nothing else is known.
CREATE INDEX CONCURRENTLY "oauth_apps_secret_hash_idx" ON "oauth_apps" ("secret_hash");
