-- What a request was accepted as while its organization had provider keys of its own: whether only these may answer, so that
-- money is held for our fee alone, and the fee in percent of the list price.
ALTER TABLE "inference_requests"
  ADD COLUMN "own_key_only" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "own_key_fee_percent" SMALLINT NOT NULL DEFAULT 0;
