-- The playground's history: what members sent themselves, which may be a handful among millions of a key's requests.
-- Requests of keys are not in it, so accepting them costs nothing more.
CREATE INDEX "inference_requests_people_idx" ON "inference_requests" ("org_id", "created_at" DESC, "id" DESC)
  WHERE "api_key_id" IS NULL AND "deleted_at" IS NULL;
