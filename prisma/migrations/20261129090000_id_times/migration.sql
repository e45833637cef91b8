-- The time in a UUIDv7, to the millisecond as ever, out of functions that are immutable themselves: so that PostgreSQL writes it into
-- the statements and checks that use it, where it ran a query of its own for every row. (`timestamptz + interval` is only
-- stable.) As a double a time is exact to the microsecond until the year 2242.
CREATE OR REPLACE FUNCTION uuid_v7_time(id uuid) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$
    SELECT to_timestamp((('x0000' || translate(left(id::text, 13), '-', ''))::bit(64)::bigint)::double precision / 1000)
  $$;
