-- Which life of its cell this database is (ADR 96). A promotion raises it, and what began under an earlier one writes no more.
CREATE TABLE "cell_epoch" (
  "id" SMALLINT NOT NULL DEFAULT 1,
  "epoch" INTEGER NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "superseded_by" INTEGER,
  CONSTRAINT "cell_epoch_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "cell_epoch_one_row" CHECK ("id" = 1),
  CONSTRAINT "cell_epoch_superseded_by_a_later" CHECK ("superseded_by" > "epoch")
);
INSERT INTO "cell_epoch" ("epoch") VALUES (1);

CREATE FUNCTION "cell_epoch_only_rises"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.epoch < OLD.epoch OR (NEW.epoch = OLD.epoch AND NEW.superseded_by IS NULL AND OLD.superseded_by IS NOT NULL) THEN
    RAISE EXCEPTION 'the epoch of a cell only rises';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "cell_epoch_only_rises" BEFORE UPDATE OR DELETE ON "cell_epoch" FOR EACH ROW EXECUTE FUNCTION "cell_epoch_only_rises"();

-- In the writing transaction itself: whose session began under an earlier epoch, or whose database was left behind, is refused.
CREATE FUNCTION "assert_cell_epoch"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  current RECORD;
BEGIN
  SELECT epoch, superseded_by INTO current FROM cell_epoch;
  IF current.superseded_by IS NOT NULL OR NULLIF(current_setting('agathaai.epoch', true), '')::integer < current.epoch THEN
    RAISE EXCEPTION 'a later epoch of this cell writes' USING ERRCODE = 'AGE01';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "usage_ledger_of_this_epoch" BEFORE INSERT ON "usage_ledger" FOR EACH STATEMENT EXECUTE FUNCTION "assert_cell_epoch"();
CREATE TRIGGER "open_calls_of_this_epoch" BEFORE INSERT ON "open_calls" FOR EACH STATEMENT EXECUTE FUNCTION "assert_cell_epoch"();
CREATE TRIGGER "inference_requests_of_this_epoch" BEFORE INSERT OR UPDATE ON "inference_requests" FOR EACH STATEMENT EXECUTE FUNCTION "assert_cell_epoch"();
CREATE TRIGGER "webhook_deliveries_of_this_epoch" BEFORE UPDATE ON "webhook_deliveries" FOR EACH STATEMENT EXECUTE FUNCTION "assert_cell_epoch"();
CREATE TRIGGER "stripe_events_of_this_epoch" BEFORE INSERT OR UPDATE ON "stripe_events" FOR EACH STATEMENT EXECUTE FUNCTION "assert_cell_epoch"();

-- A process that has learned of a later epoch tells the database, and with it every other process of it.
CREATE FUNCTION "cell_supersede"(by_epoch integer) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE cell_epoch SET superseded_by = by_epoch WHERE epoch < by_epoch AND superseded_by IS NULL
$$;
-- Whether a standby took what is written here in the last seconds: then it was not promoted.
CREATE FUNCTION "cell_is_followed"() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming' AND reply_time > now() - interval '12 seconds')
$$;
REVOKE ALL ON FUNCTION "cell_supersede"(integer), "cell_is_followed"() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "cell_supersede"(integer), "cell_is_followed"() TO agathaai_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "cell_epoch" FROM agathaai_app;
GRANT SELECT ON "cell_epoch" TO agathaai_app;
