-- Ends the statement that calls it, undoing all its steps. For statements of several writing steps (WITH … INSERT …)
-- whose later step refuses what an earlier one has written. SQLSTATE AG001 is ours alone.
CREATE FUNCTION refuse_statement(reason text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'AG001', MESSAGE = reason;
END $$;
