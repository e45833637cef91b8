-- What is certified and waits for Stripe alone.
CREATE INDEX CONCURRENTLY "erasures_to_redact" ON "erasures" ("redaction_next_at") WHERE "customer_id" IS NOT NULL AND "redacted_at" IS NULL;
