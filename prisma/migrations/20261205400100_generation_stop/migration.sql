-- When a caller asked to end a call that outlives its connection (ADR 111).
ALTER TABLE "generations" ADD COLUMN "stop_asked_at" TIMESTAMPTZ(3);
