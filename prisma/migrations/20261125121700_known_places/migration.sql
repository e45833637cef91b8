-- Where a person is used to sign in from, as keyed fingerprints of address block and device: a key made elsewhere is told
-- to its maker and the organization's owners.
CREATE TABLE "known_places" (
    "user_id" UUID NOT NULL,
    "place" BYTEA NOT NULL,
    "familiar_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "known_places_pkey" PRIMARY KEY ("user_id", "place")
);
CREATE INDEX "known_places_last_seen_at_idx" ON "known_places"("last_seen_at");
ALTER TABLE "known_places" ADD CONSTRAINT "known_places_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
