-- Who may do a thing that only one process may do at a time, while it takes: a row instead of a lock, so that nobody
-- holds a connection while an outside service answers. A row whose time is over is free to be taken.
CREATE TABLE "leases" (
  "name" TEXT NOT NULL,
  "holder" UUID NOT NULL,
  "held_until" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "leases_pkey" PRIMARY KEY ("name")
);
